import { isDeepStrictEqual } from 'node:util';
import { Unavailable } from '../../core/base/errors.ts';
import { type Condition, type ConditionInput, conditionsMatch, resolveConditions, retrying, stalled } from '../resources/conditions.ts';
import type { EventInput } from '../resources/events.ts';
import type { KubeObject } from '../resources/resource.ts';
import { type Result, TerminalError } from './controller.ts';
import type { CommonStatus, Outcome, Reconciler } from './reconciler.ts';
import type { Source } from './source.ts';

/** The annotation that stops all work on an object while its value is `true`. */
export const pausedAnnotation = 'tenet.dev/paused';

/** A key that failed so often is reported as Stalled, though it is still tried: tools that wait for it should stop waiting. */
const failuresBeforeStalled = 5;

/** What a pass needs of its surroundings. */
export interface PassOptions {
  readonly source: Source;
  readonly reconciler: Reconciler;
  /** Throws when this process does not lead any more; called right before each write. */
  readonly leadership: { readonly fence: number; check(): void };
  readonly failures: (key: string) => number;
  readonly now?: () => Date;
}

/**
 * One pass over one key: read, finalizer, reconcile, status, events; in this order, and each step only when it is needed. The status
 * comes last and carries the generation that was worked on, so it never claims what has not happened.
 */
export async function pass(options: PassOptions, key: string, signal: AbortSignal): Promise<Result> {
  const { source, reconciler, leadership } = options;
  const { type, finalizer } = reconciler;
  const object = source.get(type, key);
  if (!object) return undefined;
  // Pause comes before deletion: a paused object is not let go either.
  if (object.metadata.annotations?.[pausedAnnotation] === 'true') return await pause(options, object, signal);
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const guarded = finalizer !== undefined && (object.metadata.finalizers ?? []).includes(finalizer);
  if (deleting && !guarded) return undefined;
  leadership.check();
  if (finalizer && !guarded) await source.addFinalizer(type, object, finalizer, signal);

  const { outcome, failure } = await attempt(options, { key, object, deleting }, signal);
  leadership.check();
  if (deleting && outcome.finalizer === 'release') await source.removeFinalizer(type, object, finalizer!, signal);
  else await writeStatus(options, object, outcome, signal);
  for (const event of outcome.events ?? []) source.emitEvent(type, object, event);
  if (failure !== undefined) throw failure;
  return outcome.requeueAfter === undefined ? {} : { requeueAfter: outcome.requeueAfter };
}

/** Reconciles once; what fails becomes an outcome, with the failure beside it. */
async function attempt(
  { reconciler, leadership, failures: failuresOf }: PassOptions,
  work: { readonly key: string; readonly object: KubeObject; readonly deleting: boolean },
  signal: AbortSignal,
): Promise<{ outcome: Outcome; failure?: unknown }> {
  const failures = failuresOf(work.key);
  try {
    return { outcome: await reconciler.reconcile({ ...work, fence: leadership.fence, failures }, signal) };
  } catch (error) {
    // A stop, a timeout or lost leadership says nothing about the object.
    if (signal.aborted) throw error;
    return { outcome: failed(work.object, error, failures + 1), failure: error };
  }
}

async function pause(options: PassOptions, object: KubeObject, signal: AbortSignal): Promise<Result> {
  const status = (object.status ?? {}) as CommonStatus;
  const worked = status.observedGeneration ?? 0;
  const behind = (object.metadata.generation ?? 0) === worked ? '' : ' What was changed since then is not applied.';
  const message = `The annotation ${pausedAnnotation} is "true", so nothing is done.${behind} Remove it to go on.`;
  const wasPaused = status.conditions?.some(({ type, reason }) => type === 'Synced' && reason === 'ReconcilePaused');
  // Ready stays what it was when the work stopped, and says that it is no later; the generation stays the one that was worked on.
  const paused = (type: string, condition: ConditionInput['status']): ConditionInput => ({
    type,
    status: condition,
    reason: 'ReconcilePaused',
    message,
  });
  const kept = (status.conditions ?? []).filter(({ type }) => type === 'Ready').map((ready) => paused('Ready', ready.status));
  options.leadership.check();
  await writeStatus(options, object, { conditions: [...kept, paused('Synced', 'False')] }, signal, worked);
  if (!wasPaused) options.source.emitEvent(options.reconciler.type, object, { type: 'Normal', reason: 'ReconcilePaused', note: message });
  return {};
}

async function writeStatus(
  options: PassOptions,
  object: KubeObject,
  outcome: Outcome,
  signal: AbortSignal,
  observedGeneration = object.metadata.generation ?? 0,
): Promise<void> {
  const { source, reconciler, now = () => new Date() } = options;
  const before = (object.status ?? {}) as CommonStatus & Record<string, unknown>;
  const conditions = resolveConditions(outcome.conditions, before.conditions ?? [], observedGeneration, now());
  // A pass that fails or is paused knows no fields: what was known stays.
  const fields = outcome.statusFields ?? fieldsOf(before);
  if (isCurrent(before, conditions, fields, observedGeneration)) return;
  await source.writeStatus(reconciler.type, object, { observedGeneration, ...fields, conditions }, signal);
}

function fieldsOf(status: CommonStatus & Record<string, unknown>): Record<string, unknown> {
  const { observedGeneration, conditions, ...fields } = status;
  return fields;
}

function isCurrent(
  before: CommonStatus & Record<string, unknown>,
  conditions: readonly Condition[],
  fields: Readonly<Record<string, unknown>>,
  observedGeneration: number,
): boolean {
  return (
    before.observedGeneration === observedGeneration &&
    conditionsMatch(conditions, before.conditions ?? []) &&
    isDeepStrictEqual({ ...fields }, fieldsOf(before))
  );
}

function failed(object: KubeObject, error: unknown, failures: number): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown }).code;
  const reason = typeof code === 'string' && /^[a-z]+(-[a-z]+)*$/.test(code) ? camelCase(code) : 'SyncFailed';
  const before = ((object.status ?? {}) as CommonStatus).conditions?.find(({ type }) => type === 'Synced');
  const isNews = before?.status !== 'False' || before.reason !== reason || before.message !== message;
  const event: EventInput = { type: 'Warning', reason: 'SyncFailed', note: message };
  // A database that does not answer is nobody's mistake in a manifest, however long it takes.
  const hopeless = error instanceof TerminalError || (failures >= failuresBeforeStalled && !(error instanceof Unavailable));
  return { conditions: hopeless ? stalled(reason, message) : retrying(reason, message), events: isNews ? [event] : [] };
}

/** `already-exists` as the API says it, `AlreadyExists` as a condition's reason. */
const camelCase = (code: string): string => code.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
