import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSigningKey, type SigningKey } from '../../../core/base/detached-jws.ts';
import { applyContents, readChecked } from '../../../core/policies/policies.ts';
import { signContent } from '../../../core/policies/signatures.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { type Operator, operatorOn } from './operator.ts';
import { hasStages, installPolicies, moved, policyNamespace, policyRevision } from './policy-revision.ts';

const scope = 'blueprint.teams';

describe('a PolicyRevision manifest where signatures are demanded', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'tenet-signed-'));
  let kube: Kube;
  let open: TestTenet;
  let operator: Operator;
  let key: SigningKey;
  let foreign: SigningKey;
  let next: SigningKey;

  const newKey = () => readSigningKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  /** The signature of the files of `teams`, moved by some lines. */
  const signatureOf = async (lines: number, by: SigningKey): Promise<string> => {
    const directory = join(folder, String(lines));
    cpSync('policies', directory, { recursive: true });
    for (const [file, text] of Object.entries(moved(lines))) writeFileSync(join(directory, file), text);
    const content = (await readChecked(directory)).find((one) => one.scope === 'blueprint/teams');
    return (await signContent(content!, by)).signature;
  };

  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    await installPolicies(kube);
    [key, foreign, next] = [await newKey(), await newKey(), await newKey()];
    open = await startTenet();
    const contents = await readChecked('policies');
    const signatures = await Promise.all(contents.map((content) => signContent(content, key)));
    const about = { author: 'test', reason: 'Signed', signing: { keys: [key.publicKey], signatures } };
    await open.database.write('platform', (db) => applyContents(db, contents, about, { name: 'test', requestId: 'test' }));
    const environment = {
      DATABASE_URL: open.databaseUrl,
      TENET_DATA_DIR: open.dataDir,
      TENET_POLICY_KEYS: JSON.stringify({ keys: [key.publicKey, next.publicKey] }),
      TENET_POLICY_NAMESPACE: policyNamespace,
    };
    operator = await operatorOn(kube, { environment });
    await operator.start();
  });
  after(async function () {
    this.timeout(60_000);
    await kube?.kubectl('delete', 'polrev', '--all', '-A');
    await operator?.end();
    await open?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is refused without one, and with one by another key or of something else; nothing of it is stored', async () => {
    const before = await operator.sql('select from policy_revisions');
    await kube.apply(policyRevision('signed', { files: moved(1) }));
    const without = await hasStages(operator, 'signed', {
      Active: { status: 'False', reason: 'FailedPrecondition' },
      Stalled: { status: 'True' },
    });
    expect(without.conditions['Active']!.message).to.contain('is not signed by a key of TENET_POLICY_KEYS');
    for (const signature of [await signatureOf(1, foreign), await signatureOf(2, key)]) {
      await kube.apply(policyRevision('signed', { files: moved(1), signatures: [{ scope, signature }] }));
      const wrong = await hasStages(operator, 'signed', {
        Active: { status: 'False', reason: 'InvalidSpec' },
        Stalled: { status: 'True' },
      });
      expect(wrong.conditions['Active']!.message).to.contain('is none of this content by a key of TENET_POLICY_KEYS');
    }
    expect(await operator.sql('select from policy_revisions')).to.have.length(before.length);
  });

  it('comes into force with the signature that tenet policy sign makes of its files', async () => {
    const signature = await signatureOf(1, key);
    await kube.apply(policyRevision('signed', { files: moved(1), signatures: [{ scope, signature }] }));
    await hasStages(operator, 'signed', { Planned: { status: 'True' }, Active: { status: 'True' }, Ready: { status: 'True' } });
  });

  it('keeps the signature that a new generation has over the same files, as before a key goes', async () => {
    const signers = () =>
      operator.sql<{ key_id: string }>(
        `select s.key_id from policy_signatures s join policy_revisions r on r.scope = s.scope and r.sha256 = s.sha256
         join policy_heads h on h.scope = r.scope and h.revision = r.revision where h.scope = 'blueprint/teams'`,
      );
    expect(await signers()).to.deep.equal([{ key_id: key.publicKey.kid }]);
    const signedBy = async (by: SigningKey) => {
      const signature = await signatureOf(1, by);
      await kube.apply(policyRevision('signed', { files: moved(1), signatures: [{ scope, signature }] }));
    };
    await signedBy(foreign);
    await hasStages(operator, 'signed', { Active: { status: 'False', reason: 'InvalidSpec' } });
    await signedBy(next);
    await hasStages(operator, 'signed', { Active: { status: 'True' }, Ready: { status: 'True' } });
    expect(await signers()).to.deep.include({ key_id: next.publicKey.kid });
  });
});
