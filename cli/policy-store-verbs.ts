import { printable } from '../core/base/text.ts';
import type { StoreActivation, StoreHead } from '../core/policy-stores/heads.ts';
import type { WholeRevision } from '../core/policy-stores/revisions.ts';
import type { PolicyStore } from '../core/policy-stores/stores.ts';
import { type Api, ApiError, connect, type ServerOptions } from './api-client.ts';
import { mostSigningKeys, publicKeysIn } from './key-files.ts';
import { checkReason, UsageError } from './options.ts';
import { type Format, type Out, print, table } from './output.ts';
import { writeStoreFiles } from './policy-store-files.ts';
import { findStore, findStores, type NamedStore } from './policy-store-place.ts';

interface Printed extends ServerOptions {
  readonly output: Format;
}

/** `tenet policy-store list`: the stores of a project. */
export async function listStores(options: Printed & { readonly in: string }, out: Out = console.log): Promise<void> {
  const api = connect(options);
  const stores = await api.all<PolicyStore>(await findStores(api, options.in));
  print(options.output, out, stores, () =>
    table(
      ['STORE', 'ID', 'REVISION', 'ENTITIES', 'DESCRIPTION'],
      stores.map(({ name, id, revision, entityCount, description }) => [
        ...[name, id, revision === undefined ? '-' : String(revision)],
        ...[String(entityCount), description],
      ]),
    ),
  );
}

/** `tenet policy-store create`: a store without a policy, with the public keys of a file where one is named. */
export async function createStore(
  name: string,
  options: Printed & { readonly in: string; readonly description?: string; readonly signingKeys?: string },
  out: Out = console.log,
): Promise<void> {
  const { description } = options;
  const signingKeys = options.signingKeys === undefined ? undefined : publicKeysIn('--signing-keys', options.signingKeys, mostSigningKeys);
  const api = connect(options);
  const { body } = await api.post<PolicyStore>(await findStores(api, options.in), {
    name,
    ...(description !== undefined && { description }),
    ...(signingKeys && { signingKeys }),
  });
  print(options.output, out, body, () => [`${options.in}/${body.name}: ${body.id}; it denies everything until a revision is in force`]);
}

/** `tenet policy-store history`: what was in force in a store, newest first. */
export async function showHistory(store: string, options: Printed & { readonly limit: number }, out: Out = console.log): Promise<void> {
  const api = connect(options);
  const { path } = await findStore(api, store);
  const entries = await api.all<StoreActivation>(`${path}/history`, options.limit);
  print(options.output, out, entries, () =>
    table(
      ['REVISION', 'BEFORE', 'HOW', 'BY', 'AT', 'REASON'],
      entries.map(({ revision, previousRevision, how, activatedBy, activatedAt, reason }) => [
        ...[String(revision), previousRevision === undefined ? '-' : String(previousRevision), how.toLowerCase()],
        ...[activatedBy, activatedAt, reason ?? ''],
      ]),
    ),
  );
}

/** `tenet policy-store show`: a revision with its files. */
export async function showRevision(store: string, options: Printed, out: Out = console.log): Promise<void> {
  const api = connect(options);
  const named = await findStore(api, store);
  const { inForce, ...revision } = await readRevision(api, named);
  const { model, policy, tests, author, createdAt, reason, gitCommit, sha256, signedBy } = revision;
  print(options.output, out, { ...revision, inForce }, () => [
    `${named.name}@${revision.revision}${inForce ? ', in force' : ''}`,
    `by ${author}, ${createdAt}: ${printable(reason)}`,
    ...(gitCommit === undefined ? [] : [`Git commit ${gitCommit}`]),
    `sha256 ${sha256}`,
    ...(signedBy.length === 0 ? [] : [`Signed by ${signedBy.join(', ')}`]),
    ...[['model.conf', model] as const, ['policy.csv', policy] as const, ['tests.yaml', tests] as const].flatMap(([file, text]) =>
      text === '' ? [] : ['', `--- ${file}`, ...text.trimEnd().split('\n').map(printable)],
    ),
  ]);
}

/** `tenet policy-store export`: the files of a revision, written into a directory. */
export async function exportStore(store: string, options: Printed & { readonly to: string }, out: Out = console.log): Promise<void> {
  const api = connect(options);
  const named = await findStore(api, store);
  const revision = await readRevision(api, named);
  const written = await writeStoreFiles(options.to, revision);
  print(options.output, out, { revision: revision.revision, sha256: revision.sha256, files: written }, () => [
    `${named.name}@${revision.revision}: ${written.join(', ')}`,
  ]);
}

/** `tenet policy-store rollback`: what was in force before, or the revision that is named, is in force again. It ends an open canary instead, and a shadow besides. */
export async function rollBackStore(store: string, options: Printed & { readonly reason: string }, out: Out = console.log): Promise<void> {
  checkReason('--reason', options.reason);
  const api = connect(options);
  const { path, name, revision } = await findStore(api, store);
  const { body: before, etag = '' } = await api.get<StoreHead>(`${path}/head`);
  const { body: head } = await api.post<StoreHead>(
    `${path}/rollback`,
    { reason: options.reason, ...(revision !== undefined && { revision }) },
    { 'if-match': etag },
  );
  const { rolloutId } = before;
  const value = { revision: head.revision, previousRevision: before.revision, ...(rolloutId !== undefined && { cancelled: rolloutId }) };
  const moved = head.revision === before.revision ? '' : `, in place of revision ${before.revision}`;
  const ended = rolloutId === undefined ? '' : `the rollout ${rolloutId} of revision ${before.candidateRevision} is cancelled; `;
  print(options.output, out, value, () => [`${name}: ${ended}revision ${head.revision} is in force${moved}`]);
}

/** The revision that is named, or the one in force. Throws UsageError where none is. */
export async function readRevision(api: Api, { path, name, revision }: NamedStore): Promise<WholeRevision & { inForce: boolean }> {
  const { body: head } = await api.get<StoreHead>(`${path}/head`);
  const wanted = revision ?? head.revision;
  if (wanted === undefined) {
    const { body: made } = await api.get<{ items: readonly { revision: number }[] }>(`${path}/revisions?pageSize=1`);
    const [latest] = made.items;
    if (latest === undefined) throw new UsageError(`${name} has no revision: \`tenet policy-store apply ${name}\` makes the first one.`);
    throw new UsageError(`No revision of ${name} is in force: name one, as in ${name}@${latest.revision}.`);
  }
  const { body } = await api.get<WholeRevision>(`${path}/revisions/${wanted}`).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    throw new UsageError(`${name} has no revision ${wanted}: \`tenet policy-store history ${name}\` lists those that were in force.`);
  });
  return { ...body, inForce: wanted === head.revision };
}
