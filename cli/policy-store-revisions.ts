import { type Finding, formatFinding } from '../core/authorization/policy/findings.ts';
import type { StoreContents } from '../core/authorization/policy-stores/types.ts';
import { newId } from '../core/base/ids.ts';
import type { StoreHead } from '../core/policy-stores/heads.ts';
import { digestOf, type StoreRevision } from '../core/policy-stores/revisions.ts';
import type { PolicyStore } from '../core/policy-stores/stores.ts';
import { type Api, ApiError, connect, type ServerOptions } from './api-client.ts';
import { type Format, type Out, print } from './output.ts';
import { readStoreFiles } from './policy-store-files.ts';
import { findStore, type NamedStore } from './policy-store-place.ts';
import { findingsIn } from './policy-store-review.ts';
import { readStoreSignatures, signaturesBy } from './policy-store-signatures.ts';

/** Files that hold, and the store that they are for as it is now. */
export interface Proposal {
  readonly api: Api;
  readonly named: NamedStore;
  readonly contents: StoreContents;
  readonly sha256: string;
  readonly head: StoreHead;
  /** Of the head. */
  readonly etag: string;
  /** The newest ones. */
  readonly revisions: readonly StoreRevision[];
  /** What is in force, where the files say the same. */
  readonly present: StoreRevision | undefined;
  /** Those beside the files that keys of the store made, by the keys. */
  readonly signatures: ReadonlyMap<string, string>;
  /** Whether the store demands one. */
  readonly isSigning: boolean;
}

/** How many revisions are looked at for one that says the same. */
const looked = 200;

/** The newest revisions of a store. */
export const newestRevisions = (api: Api, { path }: NamedStore): Promise<StoreRevision[]> =>
  api.all<StoreRevision>(`${path}/revisions`, looked);

/** Checks files, runs their tests, and reads the store. Nothing where they do not hold; standard error says why. */
export async function readProposal(store: string, directory: string, options: ServerOptions): Promise<Proposal | undefined> {
  const findings = await findingsIn(directory);
  if (findings.some(isError)) {
    for (const finding of findings) console.error(formatFinding(finding));
    return undefined;
  }
  const contents = await readStoreFiles(directory);
  const api = connect(options);
  const named = await findStore(api, store);
  const { body: head, etag = '' } = await api.get<StoreHead>(`${named.path}/head`);
  const revisions = await newestRevisions(api, named);
  const sha256 = digestOf(contents);
  const inForce = revisions.find(({ revision }) => revision === head.revision);
  const present = inForce?.sha256 === sha256 ? inForce : undefined;
  const { body: signing } = await api.get<PolicyStore>(named.path);
  const signatures = await signaturesFor(signing, directory, sha256);
  const isSigning = signing.signingKeys.length > 0;
  return { api, named, contents, sha256, head, etag, revisions, present, signatures, isSigning };
}

/** The signatures of the files that count in the store, by the keys that it has. */
async function signaturesFor(store: PolicyStore, directory: string, sha256: string): Promise<ReadonlyMap<string, string>> {
  if (store.signingKeys.length === 0) return new Map();
  return signaturesBy(store.signingKeys, { policyStore: store.name, sha256 }, await readStoreSignatures(directory));
}

interface Why {
  readonly reason: string;
  readonly gitCommit?: string;
}

/** Stores files with their signatures as a revision that is not in force. */
export async function storeRevision(proposal: Proposal, why: Why): Promise<StoreRevision> {
  const [signature, ...others] = proposal.signatures.values();
  const revision = await propose(proposal, why, signature);
  for (const other of others) await propose(proposal, why, other);
  return revision;
}

/** Adds the signatures that what is in force lacks. Where it is not the newest revision its files make another one; a signature counts for all that have them. */
export async function addSignatures(proposal: Proposal, why: Why): Promise<void> {
  const { present, signatures } = proposal;
  if (!present) return;
  for (const [kid, signature] of signatures) if (!present.signedBy.includes(kid)) await propose(proposal, why, signature);
}

async function propose({ api, named, contents }: Proposal, { reason, gitCommit }: Why, signature?: string): Promise<StoreRevision> {
  const body = { ...contents, reason, ...(gitCommit !== undefined && { gitCommit }), ...(signature !== undefined && { signature }) };
  return (await api.post<StoreRevision>(`${named.path}/revisions`, body, { 'idempotency-key': newId('request') })).body;
}

/** Says that a revision was in force before. */
export function printUnchanged(output: Format, out: Out, { name }: NamedStore, revision: number): void {
  print(output, out, { revision, changed: false }, () => [`${name}: unchanged at revision ${revision}`]);
}

interface Activation {
  readonly revision: number;
  readonly reason: string;
  /** Of the plan: entities that have changed since are a refusal. */
  readonly entityVersion?: string;
}

/** Puts a revision into force where the head is still the one with this ETag. Throws ApiError. */
export async function putIntoForce(api: Api, { path, name }: NamedStore, body: Activation, etag: string): Promise<void> {
  try {
    await api.put(`${path}/head`, body, { 'if-match': etag });
  } catch (error) {
    if (!isChanged(error)) throw error;
    throw changedMeanwhile(name, body.revision, body.entityVersion === undefined ? '' : ', or its entities,');
  }
}

/** Another change was faster: what is in force is not what was compared with. */
export function changedMeanwhile(name: string, revision: number, besides = ''): ApiError {
  return new ApiError(
    412,
    `Someone has changed what is in force in ${name}${besides} since this began. Revision ${revision} is proposed and not in force: see \`tenet policy-store history\` and \`diff\`, and apply again.`,
  );
}

export const isChanged = (error: unknown): error is ApiError => error instanceof ApiError && error.status === 412;

/** What a revision took the place of, and what it takes back. */
interface Replaced {
  readonly revision: number;
  readonly by?: string;
  readonly at?: string;
  readonly reason?: string;
  /** It says what this earlier revision said. */
  readonly backTo?: number;
}

/** Says which revision is in force now, in place of what `head` was. */
export function printInForce(
  output: Format,
  out: Out,
  { name }: NamedStore,
  { revision, sha256 }: Pick<StoreRevision, 'revision' | 'sha256'>,
  { head, revisions }: Pick<Proposal, 'head' | 'revisions'>,
): void {
  const replaced = replacedBy(head, revisions, sha256);
  print(output, out, { revision, changed: true, ...(replaced && { replaced }) }, () => [lineOf(name, revision, replaced)]);
}

function replacedBy(
  { revision, activatedBy, activatedAt, reason }: StoreHead,
  revisions: readonly StoreRevision[],
  sha256: string,
): Replaced | undefined {
  if (revision === undefined) return undefined;
  const same = revisions.find((each) => each.sha256 === sha256 && each.revision < revision);
  return {
    revision,
    ...(activatedBy !== undefined && { by: activatedBy }),
    ...(activatedAt !== undefined && { at: activatedAt }),
    ...(reason !== undefined && { reason }),
    ...(same && { backTo: same.revision }),
  };
}

function lineOf(name: string, revision: number, replaced: Replaced | undefined): string {
  if (!replaced) return `${name}: revision ${revision} is in force`;
  const { revision: before, by = 'unknown', at = '', reason, backTo } = replaced;
  const why = reason === undefined ? '' : ` (${JSON.stringify(reason)})`;
  const same = backTo === revision ? 'what came after it' : `it says what revision ${backTo} said, so what came after that`;
  const back = backTo === undefined ? '' : `; ${same} is taken back`;
  return `${name}: revision ${revision} is in force, in place of revision ${before} of ${by}, ${at}${why}${back}`;
}

const isError = ({ level }: Finding): boolean => level === 'error';
