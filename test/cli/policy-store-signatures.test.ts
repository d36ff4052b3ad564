import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyStore } from '../../cli/policy-store-apply.ts';
import { signingKeysOf } from '../../cli/policy-store-keys.ts';
import { signStore, verifyStore } from '../../cli/policy-store-sign.ts';
import { storeSignatureFile } from '../../cli/policy-store-signatures.ts';
import { createStore, rollBackStore, showRevision } from '../../cli/policy-store-verbs.ts';
import { readSigningKey, type SigningKey } from '../../core/base/detached-jws.ts';
import { failure } from '../helpers/failure.ts';
import { foundOrganization, foundProject, signIn } from '../helpers/people.ts';
import { storeFiles } from '../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { runTenet } from '../helpers/tenet-process.ts';

describe('tenet policy-store with signatures', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'tenet-store-signatures-'));
  const keys = {} as Record<'ci' | 'second', SigningKey>;
  const keyFile = (name: string) => join(folder, `${name}.pem`);
  let lines: string[];
  const out = (line: string) => lines.push(line);
  const written = (name: string, more = ''): string => {
    const directory = join(folder, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'model.conf'), storeFiles.model);
    writeFileSync(join(directory, 'policy.csv'), storeFiles.policy + more);
    return directory;
  };
  const keySet = (...names: (keyof typeof keys)[]): string => {
    const file = join(folder, `${names.join('-')}.json`);
    writeFileSync(file, JSON.stringify({ keys: names.map((name) => keys[name].publicKey) }));
    return file;
  };
  const signing = (name: string, key: keyof typeof keys) => ({ name, key: keyFile(key), output: 'table' as const });
  const verifying = (name: string, ...by: (keyof typeof keys)[]) => ({ name, keys: keySet(...by), output: 'table' as const });

  before(async () => {
    for (const name of ['ci', 'second'] as const) {
      const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      writeFileSync(keyFile(name), pem);
      keys[name] = await readSigningKey(pem);
    }
  });
  beforeEach(() => {
    lines = [];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('sign writes the file beside the directory, and verify says for which name and by whom the files are signed', async () => {
    const directory = written('store');
    expect(await verifyStore(directory, verifying('Todo', 'ci'), out)).to.equal(1);
    expect(lines[0]).to.match(/^Todo: [0-9a-f]{12} is not signed by any of these keys$/);
    for (const [name, key] of [
      ['Todo', 'ci'],
      ['Todo', 'second'],
      ['Other', 'ci'],
      ['Todo', 'ci'],
    ] as const)
      expect(await signStore(directory, signing(name, key), out)).to.equal(0);
    const file = `${directory}.signatures.json`;
    expect(lines.at(-1)).to.equal(`The signature is in ${file}.`);
    const { signatures } = JSON.parse(readFileSync(file, 'utf8'));
    expect(signatures.map(({ policyStore }: { policyStore: string }) => policyStore)).to.deep.equal(['Todo', 'Other', 'Todo']);
    lines = [];
    const [ci, second] = [keys.ci.publicKey.kid, keys.second.publicKey.kid];
    expect(await verifyStore(directory, { ...verifying('Todo', 'ci', 'second'), output: 'json' }, out)).to.equal(0);
    expect(JSON.parse(lines.join('\n'))).to.deep.include({ policyStore: 'Todo', signedBy: [ci, second].sort() });
    expect(await verifyStore(directory, verifying('Other', 'second'), out)).to.equal(1);
    // Of files that have changed nothing is signed, and signing them forgets what was.
    written('store', 'p, user:carol, record:*, read, true, allow\n');
    expect(await verifyStore(directory, verifying('Todo', 'ci', 'second'), out)).to.equal(1);
    await signStore(directory, signing('Todo', 'second'), out);
    expect(JSON.parse(readFileSync(file, 'utf8')).signatures).to.have.length(1);
    writeFileSync(file, '{"signatures":[{}]}');
    const unread = await failure(verifyStore(directory, verifying('Todo', 'ci'), out));
    expect(unread.message).to.include('is no file of signatures of a policy store: remove it and sign again');
  });

  it('the file of the folder of the call is beside it; files that do not hold are not signed, and a private key is no public one', async () => {
    expect(storeSignatureFile('examples/store/')).to.equal('examples/store.signatures.json');
    expect(storeSignatureFile('.')).to.equal(`../${process.cwd().split('/').at(-1)}.signatures.json`);
    const failing = written('failing', 'p, user:a, record:*, read, r.res.x.repeat(9) == 1, allow\n');
    const refused = await runTenet(['policy-store', 'sign', failing, '--name', 'Todo', '--key', keyFile('ci')], {});
    expect([refused.code, refused.stdout]).to.deep.equal([1, '']);
    expect(refused.stderr).to.match(/failing\/policy\.csv:5: error: /);
    expect((await failure(signStore(failing, { ...signing('Todo', 'ci'), name: ' ' }, out))).name).to.equal('UsageError');
    const pem = await failure(verifyStore(failing, { name: 'Todo', keys: keyFile('ci'), output: 'table' }, out));
    expect([pem.name, pem.message]).to.satisfy(
      ([name, text]: string[]) => name === 'UsageError' && text!.startsWith('--keys cannot be read'),
    );
  });

  it('a store with keys takes signed files from apply, and no others, forwards or back', async () => {
    let tenet: TestTenet | undefined;
    try {
      tenet = await startTenet();
      const owner = await signIn(tenet, 'owner@example.com');
      const organizationId = await foundOrganization(owner);
      const place = `${organizationId}/${await foundProject(owner, organizationId)}`;
      writeFileSync(join(folder, 'owner.token'), owner.token);
      const options = <T extends object>(more: T) => ({
        ...{ server: tenet!.url, tokenFile: join(folder, 'owner.token'), output: 'table' as const },
        ...more,
      });
      await createStore('Todo', options({ in: place, signingKeys: keySet('ci') }), out);
      const store = `${place}/todo`;
      const [first, second] = [written('first'), written('second', 'p, user:carol, record:*, read, true, allow\n')];
      const unsigned = /^No signing key of the policy store "Todo" has signed these files \(sha256 \w{12}\): sign them with `npx tenet/;
      const apply = (directory: string) => applyStore(store, directory, options({ reason: 'Reviewed' }), out);
      expect((await failure(apply(first))).message).to.match(unsigned);
      await signStore(first, signing('Other', 'ci'), out);
      await signStore(first, signing('Todo', 'second'), out);
      expect((await failure(apply(first))).message, 'for another name, and by another key').to.match(unsigned);
      await signStore(first, signing('Todo', 'ci'), out);
      expect(await apply(first)).to.equal(0);
      expect(lines.at(-1)).to.equal(`${store}: revision 1 is in force`);

      // A second key: what is in force is signed by it as well, without another revision.
      lines = [];
      await signingKeysOf(store, options({ set: keySet('ci', 'second') }), out);
      expect(lines[0]).to.match(/^KID +X$/);
      expect(await apply(first)).to.equal(0);
      expect(lines.at(-1)).to.equal(`${store}: unchanged at revision 1`);
      lines = [];
      await showRevision(store, options({}), out);
      expect(lines).to.include(`Signed by ${[keys.ci.publicKey.kid, keys.second.publicKey.kid].sort().join(', ')}`);
      await signStore(second, signing('Todo', 'ci'), out);
      await signStore(second, signing('Todo', 'second'), out);
      expect(await apply(second)).to.equal(0);
      lines = [];
      await showRevision(store, options({}), out);
      expect(lines[0]).to.equal(`${store}@2, in force`);
      expect(lines).to.include(`Signed by ${[keys.ci.publicKey.kid, keys.second.publicKey.kid].sort().join(', ')}`);

      await signingKeysOf(store, options({ set: keySet('second') }), out);
      await rollBackStore(store, options({ reason: 'Back' }), out);
      lines = [];
      await signingKeysOf(store, options({}), out);
      expect(lines[1]).to.match(new RegExp(`^${keys.second.publicKey.kid} +${keys.second.publicKey.x}$`));
      const third = written('third', 'p, user:eve, record:*, read, true, allow\n');
      expect((await failure(apply(third))).message).to.match(unsigned);
      lines = [];
      await signingKeysOf(store, options({ clear: true as const }), out);
      expect(lines).to.deep.equal([`${store} has no signing keys: its revisions come into force unsigned`]);
      expect(await apply(third)).to.equal(0);
      const both = await failure(signingKeysOf(store, options({ clear: true as const, set: keySet('ci') }), out));
      expect(both.name).to.equal('UsageError');
      const wrong = await failure(signingKeysOf(store, options({ set: keyFile('ci') }), out));
      expect([wrong.name, wrong.message.includes('PRIVATE')]).to.deep.equal(['UsageError', false]);
      expect(wrong.message).to.match(/^--set cannot be read: it is no JSON\./);
      // A store has fewer than a server, and a flag names its file without an @.
      const many = join(folder, 'many.json');
      writeFileSync(many, JSON.stringify({ keys: Array(11).fill(keys.second.publicKey) }));
      const more = await failure(signingKeysOf(store, options({ set: many }), out));
      expect(more.message)
        .to.match(/^--set must hold 1 to 10 keys\. .* in a file; /)
        .and.not.include('@');
    } finally {
      await tenet?.stop();
    }
  });
});
