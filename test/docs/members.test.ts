import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Checkout, copyCheckout, root } from './checkout.ts';
import { shows, stepsOf } from './markdown.ts';

describe('docs/members.md', () => {
  let tenet: TestTenet;
  let checkout: Checkout;

  before(async function () {
    this.timeout(120_000);
    tenet = await startTenet();
    checkout = copyCheckout();
  });
  after(async () => {
    await checkout?.remove();
    await tenet?.stop();
  });

  it('prints what it says', async () => {
    const steps = stepsOf(readFileSync(join(root, 'docs/members.md'), 'utf8'));
    expect(steps.length).to.be.greaterThan(4);
    // One shell runs them all: later steps use what earlier ones have set.
    const script = ['set -euo pipefail', ...steps.map(({ command }) => command.text)].join('\n');
    const { code, output, errors } = await checkout.run(script.replaceAll('http://127.0.0.1:8080', tenet.url), {
      TENET_DATA_DIR: tenet.dataDir,
    });
    expect(code, errors).to.equal(0);
    const expected = steps.flatMap((step) => (step.output ? [step.output.text] : [])).join('\n');
    expect(shows(`${expected}\n`, output), output).to.equal(true);
  }).timeout(240_000);
});
