import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from './checkout.ts';
import { shows, stepsOf } from './markdown.ts';
import { useServer } from './server.ts';

describe('docs/erasure.md', () => {
  const { run } = useServer();

  it('prints what it says', async () => {
    const steps = stepsOf(readFileSync(join(root, 'docs/erasure.md'), 'utf8'));
    const output = await run(['set -euo pipefail', ...steps.map(({ command }) => command.text)].join('\n'));
    const expected = steps.flatMap((step) => (step.output ? [step.output.text] : [])).join('\n');
    expect(expected).to.include('user.erase');
    expect(shows(`${expected}\n`, output), output).to.equal(true);
  }).timeout(240_000);
});
