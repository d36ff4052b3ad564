import { newId } from '../core/base/ids.ts';
import type { StoreHead } from '../core/policy-stores/heads.ts';
import { type Api, ApiError, connect, type ServerOptions } from './api-client.ts';
import { checkReason, UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import type { WantedGates } from './policy-rollout.ts';
import { findStore, type NamedStore } from './policy-store-place.ts';
import type { PlannedStoreDifference } from './policy-store-planned.ts';
import { changedMeanwhile, isChanged } from './policy-store-revisions.ts';
import { type StoreRollout, stageWords } from './policy-store-rollout-status.ts';
import { lastRolloutWords } from './rollout-words.ts';

/** How far a candidate is to go, as `--stage` says it; the share in hundredths of a percent. */
export type WantedStoreStage = { readonly stage: 'SHADOW' | 'ALL' } | { readonly stage: 'CANARY'; readonly share: number };

/** What a candidate comes into force with. */
export interface StagedOptions extends ServerOptions {
  /** At once where it is not said. */
  readonly stage?: WantedStoreStage;
  readonly reason: string;
  readonly gate?: WantedGates;
  /** The file that `tenet policy-store plan -o json` wrote. */
  readonly plan?: string;
  /** A plan of a sample is good enough. */
  readonly allowSample?: boolean;
  readonly output: Format;
}

/** Where nothing is said of stages. */
export const atOnce: WantedStoreStage = { stage: 'ALL' };

/** Throws UsageError for gates where there is nothing to promote. */
export function refuseGateOfAll({ stage = atOnce, gate }: Pick<StagedOptions, 'stage' | 'gate'>): void {
  if (gate && stage.stage === 'ALL') throw new UsageError('--gate goes with --stage shadow or canary, whose promotion it is for.');
}

/** Throws UsageError where nothing is in force that a candidate could be compared with, ApiError where a rollout is open. */
export function demandBase(named: NamedStore, head: StoreHead): void {
  refuseOpen(named, head);
  if (head.revision !== undefined) return;
  throw new UsageError(
    `Nothing is in force in ${named.name}, so there is nothing to compare with: put its first revision into force with --stage all.`,
  );
}

/** Nothing else comes into force meanwhile. Throws ApiError, as a server would. */
export function refuseOpen({ name }: NamedStore, { rolloutId, candidateRevision }: StoreHead): void {
  if (rolloutId === undefined) return;
  throw new ApiError(
    409,
    `The rollout ${rolloutId} of revision ${candidateRevision} of ${name} is open: promote it, or cancel it (npx tenet policy-store rollout promote, or cancel).`,
  );
}

interface Beginning {
  readonly revision: number;
  /** Of the head when the caller looked. */
  readonly etag: string;
  readonly stage: WantedStoreStage;
  readonly gate: WantedGates | undefined;
  readonly planned: readonly PlannedStoreDifference[] | undefined;
  /** Of the plan: entities that have changed since are a refusal. */
  readonly entityVersion: string | undefined;
  readonly reason: string;
}

/** Begins a rollout over what was in force when the caller looked. Throws ApiError. */
export async function beginRollout(api: Api, named: NamedStore, { stage, gate, etag, ...beginning }: Beginning): Promise<StoreRollout> {
  const { revision, reason, planned, entityVersion } = beginning;
  const canary = stage.stage === 'CANARY' && { canary: { share: stage.share } };
  const plan = { ...(planned && { planned }), ...(entityVersion !== undefined && { entityVersion }) };
  const body = { revision, reason, ...canary, ...(gate && { gates: gate }), ...plan };
  try {
    return (await api.post<StoreRollout>(`${named.path}/rollouts`, body, { 'if-match': etag, ...once() })).body;
  } catch (error) {
    if (!isChanged(error)) throw error;
    throw changedMeanwhile(named.name, revision, entityVersion === undefined ? '' : ', or its entities,');
  }
}

/** Says which rollout has begun. */
export function printBegun(output: Format, out: Out, named: NamedStore, rollout: StoreRollout): void {
  print(output, out, { revision: rollout.revision, changed: true, rollout }, () => linesOf(named, rollout));
}

interface MoveOptions extends ServerOptions {
  readonly reason: string;
  readonly output: Format;
}

/** `tenet policy-store rollout promote`: moves the open rollout of a store on, where its gates are met or `force` says so. */
export async function promoteStore(
  store: string,
  options: MoveOptions & { readonly stage: WantedStoreStage; readonly force?: true },
  out: Out = console.log,
): Promise<void> {
  checkReason('--reason', options.reason);
  const { stage, force, reason } = options;
  if (stage.stage === 'SHADOW') throw new UsageError('--stage must be canary:<share>% or all: a rollout does not go back to the shadow.');
  const { api, named, path } = await openRollout(store, options);
  const { etag = '' } = await api.get<StoreRollout>(path);
  const canary = stage.stage === 'CANARY' && { canary: { share: stage.share } };
  const body = { stage: stage.stage, ...canary, ...(force && { force }), reason };
  const { body: rollout } = await api.post<StoreRollout>(`${path}/promote`, body, { 'if-match': etag, ...once() });
  print(options.output, out, rollout, () => linesOf(named, rollout));
}

/** `tenet policy-store rollout cancel`: ends the open rollout of a store. */
export async function cancelStore(store: string, options: MoveOptions, out: Out = console.log): Promise<void> {
  checkReason('--reason', options.reason);
  const { api, named, path } = await openRollout(store, options);
  const { body: rollout } = await api.post<StoreRollout>(`${path}/cancel`, { reason: options.reason }, once());
  print(options.output, out, rollout, () => linesOf(named, rollout));
}

/** The open rollout of a store by its path. Throws UsageError where there is none; it says how the last one has ended. */
async function openRollout(store: string, options: ServerOptions): Promise<{ api: Api; named: NamedStore; path: string }> {
  const api = connect(options);
  const named = await findStore(api, store);
  const { body: head } = await api.get<StoreHead>(`${named.path}/head`);
  if (head.rolloutId !== undefined) return { api, named, path: `${named.path}/rollouts/${head.rolloutId}` };
  const [last] = await api.all<StoreRollout>(`${named.path}/rollouts`, 1);
  const before = last ? ` ${lastRolloutWords(named.name, last)}.`.replace(/\.\.$/, '.') : '';
  const begin = `npx tenet policy-store activate ${named.name}@<revision> --stage shadow --reason '…'`;
  throw new UsageError(`${named.name} has no open rollout.${before} To begin one: ${begin}`);
}

function linesOf({ name }: NamedStore, rollout: StoreRollout): string[] {
  const { id, revision, baseRevision, stage } = rollout;
  return [
    `${name}: rollout ${id} of revision ${revision}: ${stageWords(rollout)}`,
    `${name}: revision ${stage === 'DONE' ? revision : baseRevision} is in force`,
  ];
}

/** A request that is sent again is done once. */
const once = () => ({ 'idempotency-key': newId('request') });
