import { type Finding, formatFinding } from '../core/authorization/policy/findings.ts';
import type { StoreContents } from '../core/authorization/policy-stores/types.ts';
import { newId } from '../core/base/ids.ts';
import type { StoreHead } from '../core/policy-stores/heads.ts';
import { digestOf, type StoreRevision } from '../core/policy-stores/revisions.ts';
import type { PolicyStore } from '../core/policy-stores/stores.ts';
import { type Api, ApiError, connect, type ServerOptions } from './api-client.ts';
import { checkReason } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { readStoreFiles } from './policy-store-files.ts';
import { findStore, type NamedStore } from './policy-store-place.ts';
import { demandComplete, demandPlanned, type KeptPlan, readStorePlan, stale, UnplannedChange } from './policy-store-planned.ts';
import { findingsIn } from './policy-store-review.ts';
import { readStoreSignatures, signaturesBy } from './policy-store-signatures.ts';

interface ApplyOptions extends ServerOptions {
  readonly reason: string;
  readonly gitCommit?: string;
  /** The file that `tenet policy-store plan -o json` wrote. */
  readonly plan?: string;
  /** A plan of a sample is good enough. */
  readonly allowSample?: boolean;
  readonly output: Format;
}

/** What files took the place of, and what they take back. */
interface Replaced {
  readonly revision: number;
  readonly by?: string;
  readonly at?: string;
  readonly reason?: string;
  /** The files say what this earlier revision said. */
  readonly backTo?: number;
}

/** How many revisions are looked at for one that says the same. */
const looked = 200;

/**
 * `tenet policy-store apply`: checks the files and runs their tests, proposes them, and puts them into force where nobody else has changed what
 * was in force when it began. The signatures beside the files that keys of the store made go along. With `plan` only where the plan still says what happens
 * then. Exit code: 0; 1 where something is wrong with the files, no key of the store has signed them or it was changed; with a plan 20 where it is of other files, 21 where it is stale, 22 where it is of a sample and that is not allowed.
 */
export async function applyStore(store: string, directory: string, options: ApplyOptions, out: Out = console.log): Promise<number> {
  checkReason('--reason', options.reason);
  const plan = options.plan === undefined ? undefined : await readStorePlan(options.plan);
  try {
    if (plan) demandComplete(plan, options.allowSample ?? false);
    return await applyFiles(store, directory, { ...options, planned: plan }, out);
  } catch (error) {
    if (!(error instanceof UnplannedChange)) throw error;
    console.error(`tenet: ${error.message}`);
    return error.code;
  }
}

type Application = ApplyOptions & { readonly planned: KeptPlan | undefined };

async function applyFiles(store: string, directory: string, options: Application, out: Out): Promise<number> {
  const findings = await findingsIn(directory);
  if (findings.some(isError)) {
    for (const finding of findings) console.error(formatFinding(finding));
    return 1;
  }
  const contents = await readStoreFiles(directory);
  const api = connect(options);
  const named = await findStore(api, store);
  const { body: head, etag = '' } = await api.get<StoreHead>(`${named.path}/head`);
  const revisions = await api.all<StoreRevision>(`${named.path}/revisions`, looked);
  const sha256 = digestOf(contents);
  const entityVersion = options.planned && (await demandPlanned(api, named, options.planned, contents));
  const present = revisions.find(({ revision }) => revision === head.revision);
  const { reason, gitCommit } = options;
  const proposal = { ...contents, reason, ...(gitCommit !== undefined && { gitCommit }) };
  const signatures = await signaturesFor(api, named, directory, sha256);
  if (present?.sha256 === sha256) {
    // Proposed once more, the files of an older revision would make another one.
    const isNewest = revisions[0]?.revision === present.revision;
    const added = isNewest ? [...signatures].filter(([kid]) => !present.signedBy.includes(kid)) : [];
    for (const [, signature] of added) await propose(api, named, { ...proposal, signature });
    print(options.output, out, { revision: present.revision, changed: false }, () => [
      `${named.name}: unchanged at revision ${present.revision}`,
    ]);
    return 0;
  }
  const [signature, ...others] = signatures.values();
  const proposed = await propose(api, named, { ...proposal, ...(signature !== undefined && { signature }) });
  for (const other of others) await propose(api, named, { ...proposal, signature: other });
  const activation = { revision: proposed.revision, reason, ...(entityVersion !== undefined && { entityVersion }) };
  await activate(api, named, activation, etag).catch((error: unknown) => {
    throw options.planned && isChanged(error) ? stale(error.message) : error;
  });
  const replaced = replacedBy(head, revisions, sha256);
  const value = { revision: proposed.revision, changed: true, ...(replaced && { replaced }) };
  print(options.output, out, value, () => [lineOf(named.name, proposed.revision, replaced)]);
  return 0;
}

/** The signatures of the files that count in the store, by the keys that it has. */
async function signaturesFor(api: Api, { path }: NamedStore, directory: string, sha256: string): Promise<ReadonlyMap<string, string>> {
  const { body: store } = await api.get<PolicyStore>(path);
  if (store.signingKeys.length === 0) return new Map();
  return signaturesBy(store.signingKeys, { policyStore: store.name, sha256 }, await readStoreSignatures(directory));
}

type Proposal = StoreContents & Pick<StoreRevision, 'reason' | 'gitCommit'> & { readonly signature?: string };

async function propose(api: Api, { path }: NamedStore, proposal: Proposal): Promise<StoreRevision> {
  return (await api.post<StoreRevision>(`${path}/revisions`, proposal, { 'idempotency-key': newId('request') })).body;
}

interface Activation {
  readonly revision: number;
  readonly reason: string;
  /** Of the plan: entities that have changed since are a refusal. */
  readonly entityVersion?: string;
}

async function activate(api: Api, { path, name }: NamedStore, body: Activation, etag: string): Promise<void> {
  try {
    await api.put(`${path}/head`, body, { 'if-match': etag });
  } catch (error) {
    if (!isChanged(error)) throw error;
    throw new ApiError(
      412,
      `Someone has changed what is in force in ${name}${body.entityVersion === undefined ? '' : ', or its entities,'} since this began. Revision ${body.revision} is proposed and not in force: see \`tenet policy-store history\` and \`diff\`, and apply again.`,
    );
  }
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
  const back = backTo === undefined ? '' : `; it says what revision ${backTo} said, so what came after that is taken back`;
  return `${name}: revision ${revision} is in force, in place of revision ${before} of ${by}, ${at}${why}${back}`;
}

const isChanged = (error: unknown): error is ApiError => error instanceof ApiError && error.status === 412;

const isError = ({ level }: Finding): boolean => level === 'error';
