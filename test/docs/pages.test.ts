import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from './checkout.ts';
import { shows, stepsOf } from './markdown.ts';
import { useServer } from './server.ts';

/** Pages whose commands all run, one after the other, against a server that is there already. */
const pages = ['docs/authzen.md', 'docs/invitations.md', 'docs/keys.md', 'docs/settings.md'];

for (const page of pages) {
  describe(page, () => {
    const { run } = useServer();

    it('prints what it says', async () => {
      const steps = stepsOf(readFileSync(join(root, page), 'utf8'));
      expect(steps.length).to.be.greaterThan(4);
      // One shell runs them all: later steps use what earlier ones have set.
      const output = await run(['set -euo pipefail', ...steps.map(({ command }) => command.text)].join('\n'));
      const expected = steps.flatMap((step) => (step.output ? [step.output.text] : [])).join('\n');
      expect(shows(`${expected}\n`, output), output).to.equal(true);
    }).timeout(300_000);
  });
}
