import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/pgbouncer.ts';
import { type Checkout, copyCheckout, root } from './checkout.ts';
import { type Step, shows, stepsOf } from './markdown.ts';

const apart = { TENET_PORT: '0', TENET_METRICS_PORT: '0', TENET_KUBECONFIG: 'none' };
/** `npx tenet` takes three times as long as the command, and the README proves it. */
const withoutNpx = 'npx() { [ "$1" = tenet ] && shift && node bin/tenet.js "$@"; }';

describe('docs/applications.md', () => {
  let checkout: Checkout;

  before(() => {
    checkout = copyCheckout();
  });
  after(() => checkout.remove());

  it('starts a server that runs an application, and prints what it says', async () => {
    const [start, ...steps] = stepsOf(readFileSync(join(root, 'docs/applications.md'), 'utf8')) as [Step, ...Step[]];
    // The server writes the port into what a browser opens.
    const port = await freePort();
    const server = await checkout.serve(start.command.text.replace('8081', String(port)), apart);
    await eventually(() => expect(server.said.join('\n')).to.match(/^Applications: opened at http:\S+\.$/m));
    // One shell runs them all: later steps use what earlier ones have set.
    const commands = ['set -euo pipefail', withoutNpx, ...steps.map(({ command }) => command.text)].join('\n');
    const here = commands.replaceAll('http://127.0.0.1:8080', server.url).replaceAll(':8081', `:${port}`);
    const { code, output, errors } = await checkout.run(here);
    expect(code, errors + output).to.equal(0);
    const expected = steps.flatMap((step) => (step.output ? [step.output.text] : [])).join('\n');
    expect(shows(`${expected}\n`, output), output).to.equal(true);
    await server.stop();
  }).timeout(240_000);
});
