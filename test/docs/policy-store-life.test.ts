import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from './checkout.ts';
import { shows, stepsOf } from './markdown.ts';
import { useServer } from './server.ts';

const steps = stepsOf(readFileSync(join(root, 'examples/policy-stores/README.md'), 'utf8'));
const mark = '=== the next step ===';
/** `npx tenet` takes three times as long as the command. */
const withoutNpx = 'npx() { [ "$1" = tenet ] && shift && node bin/tenet.js "$@"; }';

describe('The life of a policy store, as its page tells it,', () => {
  const { run } = useServer();

  it('is what the commands print, from the first test to the way back', async () => {
    const script = [withoutNpx, ...steps.map(({ command }) => command.text)].join(`\necho '${mark}'\n`);
    const [, ...outputs] = (await run(script)).split(`${mark}\n`);
    expect(steps.length).to.be.greaterThan(5);
    const otherwise = steps.flatMap(({ command, output }, index) => {
      const said = outputs[index]!.trimEnd();
      return shows(output?.text ?? '', said) ? [] : [`the step in line ${command.line} prints\n${said}`];
    });
    expect(otherwise).to.deep.equal([]);
  }).timeout(300_000);
});
