import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InvalidInput } from '../../core/base/errors.ts';
import { type ManifestContext, manifestName } from '../../core/manifests/apply.ts';
import { type FoundManifest, forgetManifest, type ManifestRecord, readRecords, recordManifests } from '../../core/manifests/records.ts';
import type { Followed } from '../kube/source.ts';
import { resolveConditions, stalled } from '../resources/conditions.ts';
import { EventFilter } from '../resources/events.ts';
import { apiVersionOf, type KubeObject, keyOf, type ResourceType } from '../resources/resource.ts';
import { finalizer, namespaceType } from '../resources/types.ts';
import type { Leadership } from '../runtime/leadership.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { CommonStatus } from '../runtime/reconciler.ts';
import type { Sink, Source } from '../runtime/source.ts';
import { type Change, measureObjects, Store } from '../runtime/store.ts';
import type { Parser } from './parser.ts';
import { createTeller } from './problem-log.ts';
import { readDirectory } from './read.ts';
import { statusFolder } from './status.ts';
import type { Judge, Manifest } from './validate.ts';
import { judgeDirectory, uidsIn } from './validated-directory.ts';
import { Watcher } from './watch.ts';

/** What the directory source needs; times in milliseconds. */
export interface DirectorySourceOptions {
  readonly directory: string;
  readonly statusDirectory: string;
  readonly judge: Judge;
  readonly parser: Parser;
  readonly followed: readonly Followed[];
  /** The context of the present term, as for reconcilers. */
  readonly context: (fence: number) => Promise<ManifestContext>;
  /** Carry out the deletionPolicy of manifests that leave the directory; else they are only reported. */
  readonly prune: boolean;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly debounceMs?: number;
  readonly rescanMs?: number;
  /** How long a manifest must have been gone before it is deleted. */
  readonly graceMs?: number;
}

/** The source that follows a directory of manifests. Only who leads reads it, because reading also records what was read. */
export interface DirectorySource extends Source {
  /** Follows the directory for one term of office; resolves when the term has ended, and never throws. */
  follow(leadership: Leadership): Promise<void>;
  /** What the last look at the directory in this term has shown. */
  seen(): Seen;
}

/** Whether a directory can be worked with. */
export interface Seen {
  /** It has been read at least once. */
  readonly synced: boolean;
  /** `unusable`: it cannot be read, or is empty; `unrecorded`: what was read could not be recorded. */
  readonly failure?: 'unusable' | 'unrecorded';
  /** How many files are refused. */
  readonly refused: number;
  /** So many manifests have left that none is deleted. */
  readonly pruningStopped: boolean;
}

/** Follows a directory: reads everything, checks everything, records it, and only then tells what has changed. */
export function directorySource(options: DirectorySourceOptions): DirectorySource {
  const { directory, judge, parser, followed, context, prune, log, metrics } = options;
  const { debounceMs = 200, rescanMs = 30_000, graceMs = 2_000 } = options;
  const stores = new Map(followed.map(({ type, indexers }) => [type, new Store<KubeObject>(indexers)]));
  const status = statusFolder(resolve(options.statusDirectory));
  const filter = new EventFilter();
  const teller = createTeller(log);
  let sink: Sink = () => {};
  const nothing: Seen = { synced: false, refused: 0, pruningStopped: false };
  let seen = nothing;
  let term: Leadership | undefined;
  let version = 0;
  const nextVersion = (): string => String(++version);
  const storeOf = (type: ResourceType): Store<KubeObject> => {
    const store = stores.get(type);
    if (!store) throw new Error(`The source does not follow ${type.plural}.`);
    return store;
  };
  const typeOf = (kind: string): ResourceType => followed.find(({ type }) => type.kind === kind)!.type;
  if (metrics) measureObjects(metrics, stores);

  /** One look at the directory; gives the milliseconds after which the next one is needed though nothing changes. */
  async function look(leadership: Leadership, watcher: Watcher, state: { fingerprint?: string }): Promise<number> {
    const read = await readDirectory(directory, parser);
    if (watcher.follow(read.folders)) watcher.ring();
    if (read.fingerprint === state.fingerprint) {
      const { failure: _past, ...present } = seen;
      seen = present;
      return rescanMs;
    }
    leadership.check();
    const manifests = await context(leadership.fence);
    const uids = uidsIn(read, judge);
    const known = await manifests.database.read('platform', (db) => readRecords(db, manifests.fence.source, uids));
    const judged = judgeDirectory(read, judge, new Map(known.map(({ uid, manifest }) => [uid, manifest as Manifest])));
    leadership.check();
    const recorded = await recordManifests(manifests, { ...judged, prune, graceMs });
    teller.tell({ ...judged, recorded, directory, prune });
    await bring(recorded.records);
    for (const clash of recorded.clashes) await report(judged.found.find(({ uid }) => uid === clash.uid)!, clash.source);
    seen = { synced: true, refused: judged.refused.length, pruningStopped: recorded.tooMany !== undefined };
    await status.tellRefused(judged.refused);
    const settled = recorded.pruneIn === undefined && recorded.tooMany === undefined && recorded.clashes.length === 0;
    if (settled) state.fingerprint = read.fingerprint;
    else delete state.fingerprint;
    return Math.min(rescanMs, recorded.pruneIn === undefined ? rescanMs : recorded.pruneIn + 20);
  }

  /** Makes the stores like the records, and tells what is new. */
  async function bring(records: readonly ManifestRecord[]): Promise<void> {
    const told = new Map<string, unknown>();
    for (const record of records) {
      const object = bare(record);
      if (!storeOf(typeOf(record.kind)).get(keyOf(object))) told.set(record.uid, await status.read(object));
    }
    // From here on nothing is waited for: a status that is written meanwhile must not be undone.
    const objects = records.map((record) => complete(record, told.get(record.uid)));
    for (const [type, store] of stores) {
      const present = objects.filter(({ kind }) => kind === type.kind);
      for (const object of present) announce(type, store.upsert(object));
      const keys = new Set(present.map(keyOf));
      const gone = store.values().filter((object) => !keys.has(keyOf(object)));
      for (const object of gone) announce(type, store.delete(keyOf(object)));
      await Promise.all(gone.map((object) => status.remove(object)));
    }
  }

  function announce(type: ResourceType, change: Change | undefined): void {
    if (change) sink(type, change);
  }

  /** The object of a record as its author wrote it. */
  function bare({
    uid,
    kind,
    generation,
    manifest,
    deletedAt,
  }: Pick<ManifestRecord, 'uid' | 'kind' | 'manifest'> & Partial<ManifestRecord>): KubeObject {
    const { metadata, spec } = manifest as Manifest;
    const deletion = deletedAt ? { deletionTimestamp: deletedAt.toISOString() } : {};
    return {
      apiVersion: apiVersionOf(typeOf(kind)),
      kind,
      // Nothing can be deleted here without us, so the finalizer is always there.
      metadata: { ...metadata, uid, generation: generation ?? 0, finalizers: [finalizer], ...deletion, resourceVersion: '' },
      spec,
    };
  }

  /** The object with its status: the one that is known, when nothing differs. */
  function complete(record: ManifestRecord, told: unknown): KubeObject {
    const type = typeOf(record.kind);
    const object = bare(record);
    const known = storeOf(type).get(keyOf(object));
    const at = (resourceVersion: string): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, resourceVersion },
      status: known?.status ?? told ?? judge.pending(type),
    });
    return known && isDeepStrictEqual(known, at(known.metadata.resourceVersion)) ? known : at(nextVersion());
  }

  /** The status of a manifest that another directory owns says so, and nothing else is done with it. */
  async function report(found: FoundManifest, owner: string): Promise<void> {
    const { kind, name, namespace } = found;
    const object = bare(found);
    const named = manifestName({ kind, name, ...(namespace !== null && { namespace }) });
    const message = `${named} is managed from ${owner.replace(/^directory:/, 'the directory ')} already. Remove it from one of them.`;
    const { conditions = [] } = ((await status.read(object)) ?? {}) as CommonStatus;
    const wanted = resolveConditions(stalled('ManagedElsewhere', message), conditions, 0, new Date());
    if (!isDeepStrictEqual(wanted, conditions)) await status.write(object, { observedGeneration: 0, conditions: wanted });
  }

  return {
    name: 'directory',
    types: followed.map(({ type }) => type),
    async run(given, signal) {
      sink = given;
      if (!signal.aborted) await new Promise((ended) => signal.addEventListener('abort', ended, { once: true }));
    },
    async follow(leadership) {
      const { signal } = leadership;
      const watcher = new Watcher(debounceMs, log);
      const state = {};
      term = leadership;
      while (!signal.aborted) {
        const wait = await look(leadership, watcher, state).catch((error: unknown) => {
          if (!signal.aborted) teller.failed(directory, error);
          seen = { ...seen, failure: error instanceof InvalidInput ? 'unusable' : 'unrecorded' };
          // A folder that went and comes back is another one.
          watcher.follow([]);
          return Math.min(rescanMs, 2_000);
        });
        await watcher.next(wait, signal);
      }
      watcher.close();
      seen = nothing;
      term = undefined;
    },
    seen: () => seen,
    hasSynced: () => seen.synced,
    get: (type, key) => (type === namespaceType ? namespaceNamed(key) : storeOf(type).get(key)),
    list: (type) => (type === namespaceType ? [] : storeOf(type).values()),
    byIndex: (type, index, value) => storeOf(type).byIndex(index, value),
    async writeStatus(type, object, wanted) {
      const current = storeOf(type).get(keyOf(object));
      if (current?.metadata.uid !== object.metadata.uid) return;
      // The event is about the object that was worked on, though a newer one may be known by now.
      await status.write(object, wanted);
      const present = storeOf(type).get(keyOf(object));
      if (!present) return await status.remove(object);
      storeOf(type).refresh({ ...present, metadata: { ...present.metadata, resourceVersion: nextVersion() }, status: wanted });
    },
    async addFinalizer() {},
    async removeFinalizer(type, object) {
      if (!term) return;
      const gone = await forgetManifest(await context(term.fence), object.metadata.uid);
      if (!gone) return;
      announce(type, storeOf(type).delete(keyOf(object)));
      await status.remove(object);
    },
    emitEvent(type, object, { type: level, reason, note }) {
      if (!filter.admits(object.metadata.uid, { type: level, reason, note })) return;
      const fields = { kind: type.kind, key: keyOf(object), reason, note };
      if (level === 'Warning') log.warn(fields, 'manifest event');
      else log.info(fields, 'manifest event');
    },
  };
}

/** Namespaces are only names here; the label is the one that every namespace of a cluster has. */
function namespaceNamed(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, uid: name, resourceVersion: '1', labels: { 'kubernetes.io/metadata.name': name } },
  };
}
