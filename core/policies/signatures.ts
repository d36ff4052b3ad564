import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { PolicyError } from '../authorization/policy/findings.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { signatureRule } from '../authorization/store/live-policies.ts';
import { listReplicas, type Replica } from '../authorization/store/replicas.ts';
import { detachedSignerOf, type SigningKey, signDetached } from '../base/detached-jws.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import type { Database, Db } from '../database/database.ts';

// A revision is signed by a detached JWS over the canonical JSON of its scope and its digest. The digest covers the model, the rows, their sources, the
// vocabulary, the blueprint and the tests.

/** What is signed. */
export interface Signed {
  /** As it is stored. */
  readonly scope: string;
  readonly sha256: string;
}

/** A signature of a content. */
export interface Signature extends Signed {
  readonly signature: string;
}

/** What a server demands of the policy that comes into force, and what the files bring. */
export interface Signing {
  /** None: nothing is demanded. */
  readonly keys: readonly PolicyKey[];
  readonly signatures: readonly Signature[];
  /** Also where replicas run that would not decide by it. */
  readonly allowUnsigned?: boolean | undefined;
}

/** Keeps a signature of something else by the same key from being one of a policy. */
const type = 'tenet-policy+jws';

/** Signs a content. */
export async function signContent(content: PolicyContent, key: SigningKey): Promise<Signature> {
  const signed = { scope: content.scope, sha256: digest(content) };
  return { ...signed, signature: await signDetached(type, payloadOf(signed), key) };
}

function payloadOf({ scope, sha256 }: Signed) {
  return { scope: scopeName(scope), sha256 };
}

/** The kid of the key that made this signature of this content; undefined where none of the keys did. */
export async function signerOf(keys: readonly PolicyKey[], signed: Signed, signature: string): Promise<string | undefined> {
  return detachedSignerOf(type, payloadOf(signed), keys, signature);
}

/** Keeps a signature. Throws InvalidInput for one that none of the keys made. */
export async function keepSignature(db: Db, keys: readonly PolicyKey[], signature: Signature, by: string): Promise<void> {
  if (await keepOwnSignature(db, keys, signature, by)) return;
  const why =
    keys.length === 0 ? 'cannot be checked: this server has no TENET_POLICY_KEYS' : `is none of this content by a key of TENET_POLICY_KEYS`;
  const what = `The signature of ${scopeName(signature.scope)} ${why}.`;
  throw new InvalidInput(what, [{ pointer: '#/signature', detail: why }]);
}

/** Keeps a signature that one of the keys made. False for another one. */
export async function keepOwnSignature(
  db: Db,
  keys: readonly PolicyKey[],
  { scope, sha256, signature }: Signature,
  by: string,
): Promise<boolean> {
  const key_id = await signerOf(keys, { scope, sha256 }, signature);
  if (key_id === undefined) return false;
  await db('policy_signatures').insert({ scope, sha256, key_id, signature, added_by: by }).onConflict().ignore();
  return true;
}

/** The signatures of a content, by their keys. */
export async function listSignatures(db: Db, { scope, sha256 }: Signed): Promise<{ keyId: string; signature: string }[]> {
  const rows: { key_id: string; signature: string }[] = await db('policy_signatures')
    .select('key_id', 'signature')
    .where({ scope, sha256 })
    .orderBy('key_id');
  return rows.map(({ key_id, signature }) => ({ keyId: key_id, signature }));
}

/** Throws FailedPrecondition where the server demands a signature that a content does not have. The rows of an organization follow its roles: the server makes them. */
export async function demandSigned(db: Db, keys: readonly PolicyKey[], signed: Signed): Promise<void> {
  if (await isSigned(db, keys, signed)) return;
  throw new FailedPrecondition('failed-precondition', unsigned(signed));
}

/** The replicas that would not decide by a content, because none of the keys that they demand has signed it. */
export async function refusingReplicas(db: Db, signed: Signed): Promise<Replica[]> {
  if (signed.scope.startsWith('org_')) return [];
  const demanding = (await listReplicas(db)).filter(({ policyKids }) => policyKids.length > 0);
  if (demanding.length === 0) return [];
  const signers = new Set((await listSignatures(db, signed)).map(({ keyId }) => keyId));
  return demanding.filter(({ policyKids }) => !policyKids.some((kid) => signers.has(kid)));
}

/** Throws FailedPrecondition where a replica that runs would not decide by a content, whatever this process demands itself. */
export async function demandServed(db: Db, signed: Signed): Promise<void> {
  const [first, ...others] = await refusingReplicas(db, signed);
  if (!first) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const replicas = `${first.name} (${first.id})${more}`;
  throw new FailedPrecondition(
    'failed-precondition',
    `The policy of ${scopeName(signed.scope)} (sha256 ${signed.sha256.slice(0, 12)}) is not signed by a key that the running replica ${replicas} demands with TENET_POLICY_KEYS, so it would not decide by it: ${signIt}, on the command line with the same TENET_POLICY_KEYS. The command line takes --allow-unsigned to go on all the same.`,
  );
}

async function isSigned(db: Db, keys: readonly PolicyKey[], signed: Signed): Promise<boolean> {
  if (keys.length === 0 || signed.scope.startsWith('org_')) return true;
  for (const { signature } of await listSignatures(db, signed)) if ((await signerOf(keys, signed, signature)) !== undefined) return true;
  return false;
}

function unsigned({ scope, sha256 }: Signed): string {
  return `The policy of ${scopeName(scope)} (sha256 ${sha256.slice(0, 12)}) is not signed by a key of TENET_POLICY_KEYS: ${signIt}.`;
}

const signIt = 'sign it (npx tenet policy sign), then apply or propose it with its signature';

/** What a server looks for in each revision that it is to decide by, however it came into force; nothing where it demands no signature. */
export function signatureCheck(keys: readonly PolicyKey[]): ((db: Db, content: PolicyContent) => Promise<void>) | undefined {
  if (keys.length === 0) return undefined;
  return async (db, content) => {
    const signed = { scope: content.scope, sha256: digest(content) };
    if (!(await isSigned(db, keys, signed))) throw new PolicyError([{ rule: signatureRule, level: 'error', message: unsigned(signed) }]);
  };
}

/** By the name of a scope. */
export type Unsigned = ReadonlyMap<string, { readonly wasSigned: boolean }>;

const unsignedSql = `
select h.scope, exists (select from policy_signatures s where s.scope = h.scope) as was_signed
from policy_heads h join policy_revisions r on r.scope = h.scope and r.revision = h.revision
where h.scope not like 'org\\_%' and not exists (select from policy_signatures s where s.scope = h.scope and s.sha256 = r.sha256)`;

/** The names of the scopes of which what is in force has no signature; and whether an earlier revision of it had one, as where servers demand that. */
export async function unsignedInForce(db: Db): Promise<Unsigned> {
  const { rows }: { rows: { scope: string; was_signed: boolean }[] } = await db.raw(unsignedSql);
  return new Map(rows.map(({ scope, was_signed }) => [scopeName(scope), { wasSigned: was_signed }]));
}

const inForceSql = `
select h.scope, r.sha256 from policy_heads h join policy_revisions r on r.scope = h.scope and r.revision = h.revision
where h.scope not like 'org\\_%' order by h.scope`;

/** Throws FailedPrecondition where something is in force that the server would not let come into force now. */
export async function demandSignedPolicies(database: Database, keys: readonly PolicyKey[]): Promise<void> {
  if (keys.length === 0) return;
  await database.read('platform', async (db) => {
    const { rows }: { rows: Signed[] } = await db.raw(inForceSql);
    for (const signed of rows) await demandSigned(db, keys, signed);
  });
}
