import { expect } from 'chai';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Checkout, copyCheckout } from './checkout.ts';
import { filesOf } from './files.ts';
import { shows } from './markdown.ts';

/** What each example prints; `…` stands for what differs from run to run. */
const prints: Record<string, string> = {
  'examples/invite.sh': 'Carol founded org_….\nDave joined as org.member.\n',
  'examples/decide.sh':
    'connection:delete true\nsecret:delete true\norganization:delete true\nconnection:delete false, for somebody else\n',
  'examples/api-key.sh': 'project.manager\nWebsite\nnot-found\n',
  'examples/safe-update.sh': 'Sent twice, made once.\nUmbrella Ltd\nversion-mismatch\n',
};

describe('Examples', () => {
  let tenet: TestTenet;
  let checkout: Checkout;

  before(async function () {
    this.timeout(120_000);
    tenet = await startTenet();
    checkout = copyCheckout();
  });
  after(async () => {
    await checkout.remove();
    await tenet.stop();
  });

  it('are all run here', () => {
    expect(filesOf(/^examples\/(?!common).*\.sh$/)).to.have.members(Object.keys(prints));
  });

  for (const [path, expected] of Object.entries(prints)) {
    it(`${path} prints what it says`, async () => {
      const { code, output, errors } = await checkout.run(path, { TENET: tenet.url, TENET_DATA_DIR: tenet.dataDir });
      expect(code, errors).to.equal(0);
      expect(shows(expected, output), output).to.equal(true);
    }).timeout(120_000);
  }
});
