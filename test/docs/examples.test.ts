import { expect } from 'chai';
import { filesOf } from './files.ts';
import { shows } from './markdown.ts';
import { useServer } from './server.ts';

/** What each example prints; `…` stands for what differs from run to run. */
const prints: Record<string, string> = {
  'examples/invite.sh': 'Carol founded org_….\nDave joined as org.member.\n',
  'examples/decide.sh':
    'connection:delete true\nsecret:delete true\norganization:delete true\nconnection:delete false, for somebody else\n',
  'examples/api-key.sh': 'project.manager\nWebsite\nnot-found\n',
  'examples/switch-off.sh':
    'LOSS model:read\nLOSS model:use\nOFF: 1 resource, 1 project\nfalse, because of state/resource-disabled\ntrue\n',
  'examples/safe-update.sh': 'Sent twice, made once.\nUmbrella Ltd\nversion-mismatch\n',
};

describe('Examples', () => {
  const { run } = useServer();

  it('are all run here', () => {
    expect(filesOf(/^examples\/(?!common)[^/]*\.sh$/)).to.have.members(Object.keys(prints));
  });

  for (const [path, expected] of Object.entries(prints)) {
    it(`${path} prints what it says`, async () => {
      const output = await run(path);
      expect(shows(expected, output), output).to.equal(true);
    }).timeout(120_000);
  }
});
