import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../helpers/eventually.ts';
import { startIdentityProvider } from '../helpers/identity-provider.ts';
import { needsKube } from '../helpers/kube.ts';
import { createDatabase } from '../helpers/postgres.ts';
import { type Checkout, copyCheckout, root } from './checkout.ts';
import { type Step, shows, stepsOf } from './markdown.ts';

const apart = { TENET_PORT: '0', TENET_METRICS_PORT: '0', TENET_KUBECONFIG: 'none' };
const steps = stepsOf(readFileSync(join(root, 'README.md'), 'utf8'));
const isStart = ({ command }: Step): boolean => command.text === 'npm ci && npm start';
const isTest = ({ command }: Step): boolean => command.text === 'npm ci && npm test';
const ownParts = steps.findIndex(({ command }) => command.text.includes('DATABASE_URL'));
const manifestParts = steps.findIndex(({ command }) => command.text.includes('tenet crds'));
const tour = steps.slice(0, ownParts).filter((step) => !isStart(step) && !isTest(step));

/** `npx tenet` takes three times as long as the command: it is proved once, and then gone around. */
const withoutNpx = 'npx() { [ "$1" = tenet ] && shift && node bin/tenet.js "$@"; }';

describe('The README', () => {
  let checkout: Checkout;

  before(() => {
    checkout = copyCheckout();
  });
  after(() => checkout.remove());
  afterEach(function () {
    if (this.currentTest?.state === 'failed') console.log(checkout.said().slice(-20).join('\n'));
  });

  it('starts and tests with the two commands that CI runs too', () => {
    expect(steps.some(isStart) && steps.some(isTest)).to.equal(true);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(scripts).to.include.keys('start', 'test');
  });

  it('prints in its tour what the server answers, and again on the same data', async function () {
    this.timeout(480_000);
    // Readers have a clone, so they can take their changes back.
    const clone = 'git init -q && git add policies && git -c user.name=reader -c user.email=reader@example.com commit -qm clone';
    expect((await checkout.run(clone)).code).to.equal(0);
    const server = await checkout.serve('npm start', apart);
    try {
      await eventually(() => expect(server.said.join('\n')).to.match(/export TOKEN=\S+/));
      const here = (text: string): string => text.replaceAll('http://127.0.0.1:8080', server.url);
      await expectOutputs(checkout, tour, here);
      await expectOutputs(checkout, tour.map(twoRevisionsLater), here, withoutNpx);
    } finally {
      // The next test starts a server of its own on this data.
      await server.stop();
    }
  });

  it('runs on a PostgreSQL and an identity provider of its reader', async function () {
    this.timeout(120_000);
    const database = await createDatabase();
    const provider = await startIdentityProvider();
    const theirs = (text: string): string =>
      text
        .replaceAll('postgres://tenet:secret@db.example.com/tenet', database.url)
        .replaceAll('https://login.example.com', provider.issuer)
        .replaceAll('TENET_AUDIENCE=https://tenet.example.com', `TENET_AUDIENCE=${provider.audience}`);
    const [setUp, ...rest] = steps.slice(ownParts, manifestParts) as [Step, ...Step[]];
    try {
      const command = theirs(setUp.command.text);
      expect(command.endsWith('\nnpm start')).to.equal(true);
      const server = await checkout.serve(command, apart);
      await expectOutputs(checkout, rest, theirs, command.replace(/npm start$/, ''));
      const token = await provider.token({ subject: '248289761001' });
      const answer = await fetch(`${server.url}/v1/policies`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).to.equal(200);
      await server.stop();
    } finally {
      await provider.stop();
      await database.drop();
    }
  });

  it('reconciles the manifests of a cluster, on the data of the tour, and again', async function () {
    needsKube(this, { own: true });
    this.timeout(240_000);
    const [definitions, start, ...rest] = steps.slice(manifestParts) as [Step, Step, ...Step[]];
    expect(start.command.text).to.match(/^npm start -- /);
    const cluster = await checkout.serve('npm run kube:up', {}, { stream: 'stdout', line: /^kube-apiserver \S+ listens at (https:\S+);/ });
    const pasted = await eventually(() => {
      const lines = cluster.said.filter((line) => /^ +(export KUBECONFIG=|alias kubectl=)/.test(line));
      expect(lines).to.have.length(2);
      return lines.join('\n');
    });
    // What a terminal does by itself, and a kubectl that remembers no other cluster.
    const preamble = `${withoutNpx}; shopt -s expand_aliases; export KUBECACHEDIR="$PWD/.tenet/kubectl-cache" KUBERC=off\n${pasted}`;
    await expectOutputs(checkout, [definitions], (text) => text, preamble);
    for (const _time of ['first', 'second']) {
      const server = await checkout.serve(`${pasted}\n${start.command.text}`, apart);
      await expectOutputs(checkout, [definitions, ...rest], (text) => text, preamble);
      await server.stop();
    }
    await cluster.stop();
  });
});

/** The tour puts two revisions of the blueprint into force, so that its next walk counts from three. */
function twoRevisionsLater({ command, output }: Step): Step {
  if (!output) return { command };
  const later = (text: string): string =>
    text.replace(/^.*blueprint\.integrations.*$/gm, (line) =>
      line.replace(/(revision"?:? )(\d+)/g, (_all, before: string, number: string) => `${before}${Number(number) + 2}`),
    );
  return { command, output: { ...output, text: later(output.text) } };
}

/** Runs the steps in one shell, so that a variable of one is there in the next, and compares what each prints with the page. */
async function expectOutputs(checkout: Checkout, list: readonly Step[], adapt: (text: string) => string, preamble = ''): Promise<void> {
  const mark = '\u{1e}';
  const script = list.map(({ command }) => `${adapt(command.text)}\nprintf '${mark}'`);
  const { output, errors } = await checkout.run([preamble, ...script].join('\n'));
  const printed = output.split(mark);
  for (const [index, { command, output: expected }] of list.entries()) {
    const actual = (printed[index] ?? '').trimEnd();
    const told = `README.md line ${command.line} printed:\n${actual}\n${errors}`;
    if (expected?.language === 'json') expect(shows(JSON.parse(expected.text), JSON.parse(actual)), told).to.equal(true);
    else expect(shows(expected?.text ?? '', actual), told).to.equal(true);
  }
}
