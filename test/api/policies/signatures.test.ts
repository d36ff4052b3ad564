import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { rollback } from '../../../cli/policy-history.ts';
import { activate as activateByCommand } from '../../../cli/policy-rollout.ts';
import { sign, verify } from '../../../cli/policy-sign.ts';
import { status } from '../../../cli/policy-status.ts';
import { digest, type PolicyContent } from '../../../core/authorization/policy/content.ts';
import { insertRevision, listHeads, loadContent, moveHead } from '../../../core/authorization/store/revisions.ts';
import { readSigningKey, type SigningKey } from '../../../core/base/detached-jws.ts';
import { applyContents, readChecked } from '../../../core/policies/policies.ts';
import { readSignatures, signatureFile } from '../../../core/policies/signature-file.ts';
import { type Signing, signContent, signerOf, unsignedInForce } from '../../../core/policies/signatures.ts';
import { commandsOn } from '../../helpers/environment.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { givePlatformRoles } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const scope = 'blueprint/integrations';

describe('signed policies', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'tenet-signatures-'));
  const directory = join(folder, 'policies');
  const keys: Record<'ci' | 'second' | 'foreign', SigningKey> = {} as never;
  /** It demands no signature. */
  let open: TestTenet;
  let tenet: TestTenet;
  let policyAdmin: Caller;
  /** The same at the server that demands no signature. */
  let openAdmin: Caller;

  before(async () => {
    cpSync('policies', directory, { recursive: true });
    for (const name of ['ci', 'second', 'foreign'] as const) {
      const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      writeFileSync(join(folder, `${name}.pem`), pem);
      keys[name] = await readSigningKey(pem);
    }
    open = await startTenet();
    tenet = await startDemanding();
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    openAdmin = await open.as('policy-admin@example.com');
    policyAdmin = tenet.bearing(openAdmin.token);
  });

  after(async () => {
    await tenet?.stop();
    await open?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const trusting = (...names: (keyof typeof keys)[]) => ({
    TENET_POLICY_KEYS: JSON.stringify({ keys: names.map((name) => keys[name].publicKey) }),
  });
  /** Signs what is in force as `tenet policy apply` does, on a server that does not demand it yet, and starts one that does. */
  async function startDemanding(): Promise<TestTenet> {
    const refused = await failure(startTenet({ DATABASE_URL: open.databaseUrl, TENET_DATA_DIR: open.dataDir, ...trusting('ci') }));
    expect(refused.message).to.match(/^The policy of \S+ \(sha256 [0-9a-f]{12}\) is not signed by a key of TENET_POLICY_KEYS: sign it/);
    const contents = await readChecked('policies');
    const signatures = await Promise.all(contents.map((content) => signContent(content, keys.ci)));
    const signing = { keys: [keys.ci.publicKey], signatures };
    const about = { author: 'test', reason: 'Signed', signing };
    const applied = await open.database.write('platform', (db) => applyContents(db, contents, about, { name: 'test', requestId: 'test' }));
    expect(applied.filter(({ changed }) => changed)).to.deep.equal([]);
    return startTenet({ DATABASE_URL: open.databaseUrl, TENET_DATA_DIR: open.dataDir, ...trusting('ci', 'second') });
  }

  const inForce = () =>
    tenet.database.read('platform', async (db) => {
      const [head] = await listHeads(db, [scope]);
      return loadContent(db, scope, head!.revision);
    });
  /** The content in force with a row more, which the tests of the blueprint have no word about. */
  async function changed(action: string): Promise<PolicyContent> {
    const { tests: _, ...content } = await inForce();
    const rows = [...content.rows, ['integrations/org.manager', 'org', 'member', action, 'allow'] as const];
    return { ...content, rows, sources: rows.map((_row, index) => ({ file: 'policy.csv', line: index + 1 })) };
  }
  async function activate(revision: number, admin = policyAdmin) {
    const path = '/v1/policies/{scope}/head';
    const params = { path: { scope: 'blueprint.integrations' } };
    const { data } = await admin.client.GET(path, { params });
    const { data: head, error } = await admin.client.PUT(path, {
      params: { ...params, header: { 'If-Match': data!.etag } },
      body: { revision },
    });
    return { head, error };
  }
  async function propose(signature?: string) {
    const { scope: _, ...first } = await tenet.database.read('platform', (db) => loadContent(db, scope, 1));
    const body = { ...first, reason: 'Reviewed', ...(signature !== undefined && { signature }) };
    return policyAdmin.client.POST('/v1/policies/{scope}/revisions', {
      params: { path: { scope: 'blueprint.integrations' } },
      body: body as never,
    });
  }
  const store = async (content: PolicyContent) =>
    (await tenet.database.write('platform', (db) => insertRevision(db, content, { author: 'test', reason: 'A test.' }))).revision;

  it('an unsigned or wrongly signed revision is not put into force, and a signed one is, also to go back to it', async () => {
    const content = await changed('remove');
    const revision = await store(content);
    const refused = await activate(revision);
    expect(refused.error).to.include({ status: 409 });
    expect(refused.error!.detail).to.match(
      /^The policy of blueprint\.integrations \(sha256 \w+\) is not signed by a key of TENET_POLICY_KEYS: /,
    );
    expect((await activate(1)).head).to.include({ revision: 1 });

    const apply = async (key: SigningKey) => {
      const signing = { keys: [keys.ci.publicKey, keys.second.publicKey], signatures: [await signContent(content, key)] };
      const about = { author: 'test', reason: 'A test.', signing };
      return tenet.database.write('platform', (db) => applyContents(db, [content], about, { name: 'test', requestId: 'test' }));
    };
    expect((await failure(apply(keys.foreign))).message).to.match(/is not signed by a key of TENET_POLICY_KEYS/);
    const [applied] = await apply(keys.second);
    expect(applied).to.include({ revision, changed: true });
    expect((await activate(1)).head).to.include({ revision: 1 });
    expect((await activate(revision)).head).to.include({ revision });
    expect((await activate(1)).head).to.include({ revision: 1 });
  });

  it('a signature comes with a proposal and is shown; one of another content, or by another key, is refused by its field', async () => {
    const first = await tenet.database.read('platform', (db) => loadContent(db, scope, 1));
    const good = await signContent(first, keys.second);
    const other = await signContent({ ...first, rows: first.rows.slice(1), sources: first.sources.slice(1) }, keys.second);
    const foreign = await signContent(first, keys.foreign);
    for (const { signature } of [other, foreign]) {
      const { error } = await propose(signature);
      expect(error).to.include({ status: 400 });
      expect(error!.errors).to.deep.equal([{ pointer: '#/signature', detail: 'is none of this content by a key of TENET_POLICY_KEYS' }]);
    }
    const { data } = await propose(good.signature);
    expect(data!.signatures!.map(({ keyId }) => keyId).sort()).to.deep.equal(
      [keys.ci, keys.second].map(({ publicKey }) => publicKey.kid).sort(),
    );
  });

  it('a replica decides by no unsigned revision, however it came into force: the last good one stays', async () => {
    const before = await inForce();
    const content = await changed('update');
    const revision = await store(content);
    await tenet.database.write('platform', (db) => moveHead(db, scope, { revision, how: 'APPLY', by: 'intruder' }));
    await eventually(async () => {
      const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/replicas', {
        params: { path: { scope: 'blueprint.integrations' } },
      });
      expect(data!.items.map((item) => item.revision).sort()).to.deep.equal([1, revision]);
    });
    const { data } = await policyAdmin.client.GET('/v1/policies');
    const refusal = data!.items.find((item) => item.scope === 'blueprint.integrations')!.refusal;
    expect(refusal).to.include({ decidedBy: 'LAST_GOOD' });
    expect(refusal!.detail).to.contain('is not signed by a key of TENET_POLICY_KEYS');
    // The command line says why that replica does not decide by it.
    const takeBack = commandsOn(open);
    const said: string[] = [];
    expect(await status((line) => said.push(line), 'table')).to.equal(3);
    takeBack();
    const late = `by revision 1 and not by ${revision}; blueprint.integrations@${revision} has no signature, and it demands one`;
    expect(said.at(-1)).to.include(`decides about blueprint.integrations ${late}`);
    const unsigned = await tenet.database.read('platform', unsignedInForce);
    expect([...unsigned]).to.deep.equal([['blueprint.integrations', { wasSigned: true }]]);
    expect(digest(before)).to.equal(digest(await tenet.database.read('platform', (db) => loadContent(db, scope, 1))));
    expect((await activate(1)).head).to.include({ revision: 1 });
  });

  it('where a replica demands a signature, no server and no command puts what lacks it into force, unless that is allowed', async () => {
    await eventually(async () => {
      const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/replicas', {
        params: { path: { scope: 'blueprint.integrations' } },
      });
      expect(data!.items.map(({ demandsSignature }) => demandsSignature).sort()).to.deep.equal([false, true]);
    });
    const content = await changed('update');
    const revision = await store(content);
    const told = /is not signed by a key that the running replica \S+ \(rpl_\w+\) demands with TENET_POLICY_KEYS.*--allow-unsigned/;
    // The server that is asked demands nothing itself.
    const { error } = await activate(revision, openAdmin);
    expect(error).to.include({ status: 409 });
    expect(error!.detail).to.match(told);
    const takeBack = commandsOn(open);
    try {
      const options = { stage: { stage: 'ALL' }, reason: 'A test.', renameRole: [], dropRole: [], output: 'table' } as const;
      const name = `blueprint.integrations@${revision}`;
      const command = (more: object) => activateByCommand(name, { ...options, ...more }, () => undefined);
      expect((await failure(command({}))).message).to.match(told);
      expect((await failure(command({ stage: { stage: 'SHADOW' } }))).message).to.match(told);
      const about = (signing: Signing) => ({ author: 'test', reason: 'A test.', signing });
      const apply = (signing: Signing) =>
        open.database.write('platform', (db) => applyContents(db, [content], about(signing), { name: 'test', requestId: 'test' }));
      expect((await failure(apply({ keys: [], signatures: [] }))).message).to.match(told);
      expect(digest(await inForce())).not.to.equal(digest(content));
      expect(await command({ allowUnsigned: true })).to.equal(0);
      expect(digest(await inForce())).to.equal(digest(content));
      // Back to what is signed; and what is unsigned is no way back.
      expect((await activate(1, openAdmin)).head).to.include({ revision: 1 });
      const back = { reason: 'A test.', renameRole: [], dropRole: [], output: 'table' } as const;
      expect((await failure(rollback(name, back, () => undefined))).message).to.match(told);
      // One of the keys that the replica demands is enough.
      const signed = await apply({ keys: [keys.second.publicKey], signatures: [await signContent(content, keys.second)] });
      expect(signed[0]).to.include({ revision, changed: true });
      expect((await activate(1, openAdmin)).head).to.include({ revision: 1 });
    } finally {
      takeBack();
    }
  });

  it('a signature is of one scope, one content and one use of a key', async () => {
    const content = await inForce();
    const { sha256, signature } = await signContent(content, keys.ci);
    const all = [keys.ci.publicKey];
    const by = (signed: { scope: string; sha256: string }, text: string, of = all) => signerOf(of, signed, text);
    expect(await by({ scope, sha256 }, signature)).to.equal(keys.ci.publicKey.kid);
    expect(await by({ scope: 'blueprint/teams', sha256 }, signature)).to.equal(undefined);
    expect(await by({ scope, sha256: sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }, signature)).to.equal(undefined);
    // The same kid with another key.
    expect(await by({ scope, sha256 }, signature, [{ ...keys.foreign.publicKey, kid: keys.ci.publicKey.kid }])).to.equal(undefined);
    const [, , value] = signature.split('.');
    const header = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url');
    for (const fields of [{ alg: 'none' }, { alg: 'HS256', kid: keys.ci.publicKey.kid }, { alg: 'EdDSA', kid: keys.ci.publicKey.kid }])
      expect(await by({ scope, sha256 }, `${header(fields)}..${value}`)).to.equal(undefined);
    for (const text of ['', '..', '.', 'a.b.c', `${signature}.x`, signature.replace('..', '.e30.')])
      expect(await by({ scope, sha256 }, text), text).to.equal(undefined);
  });

  it('a first start with keys needs the file of signatures beside the policies, and tells what to do without', async () => {
    const lines: string[] = [];
    const out = (line: string) => lines.push(line);
    const { publicKey: fresh } = keys.ci;
    expect(await verify(directory, { keys: keySet([fresh]) }, out)).to.equal(1);
    await sign(directory, { key: join(folder, 'ci.pem') }, out);
    await sign(directory, { key: join(folder, 'second.pem') }, out);
    const signatures = await readSignatures(directory);
    expect(signatures).to.have.length((await readChecked(directory)).length * 2);
    lines.length = 0;
    expect(await verify(directory, { keys: keySet([fresh]) }, out)).to.equal(0);
    expect(lines[0]).to.equal(`platform: ${signatures[0]!.sha256.slice(0, 12)} is signed by ${fresh.kid}`);
    // A file that changed is not what was signed, and to sign it again forgets what was.
    const file = join(directory, 'blueprints/teams/policy.csv');
    writeFileSync(file, `# One line more.\n${readFileSync(file, 'utf8')}`);
    lines.length = 0;
    expect(await verify(directory, { keys: keySet([fresh]) }, out)).to.equal(1);
    expect(lines.filter((line) => line.includes('is not signed by any of these keys'))).to.have.length(1);
    await sign(directory, { key: join(folder, 'ci.pem') }, out);
    expect((await readSignatures(directory)).filter((each) => each.scope === 'blueprint/teams')).to.have.length(1);
    lines.length = 0;
    expect(await verify(directory, { keys: keySet([fresh]), output: 'json' }, out)).to.equal(0);
    const teams = (await readSignatures(directory)).find((each) => each.scope === 'blueprint/teams')!;
    expect(JSON.parse(lines[0]!)).to.deep.include({ scope: 'blueprint.teams', sha256: teams.sha256, signedBy: [fresh.kid] });
    lines.length = 0;
    await sign(directory, { key: join(folder, 'ci.pem'), output: 'json' }, out);
    const said = JSON.parse(lines[0]!);
    expect(said).to.include({ file: signatureFile(directory), kid: fresh.kid });
    expect(said.signed).to.deep.include({ scope: 'blueprint.teams', sha256: teams.sha256 });
    writeFileSync(signatureFile(directory), '{');
    const unread = await failure(verify(directory, { keys: keySet([fresh]) }, out));
    expect(unread.message).to.include('is no file of signatures: remove it and sign again');
    rmSync(signatureFile(directory));
    lines.length = 0;
    await sign(directory, { key: join(folder, 'ci.pem'), public: true }, out);
    expect(JSON.parse(lines[0]!)).to.deep.equal({ keys: [fresh] });
  });

  function keySet(of: readonly object[]): string {
    const file = join(folder, 'keys.json');
    writeFileSync(file, JSON.stringify({ keys: of }));
    return file;
  }
});
