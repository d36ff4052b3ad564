import type { PolicyProgress, PolicyState } from '../../core/manifests/policy-revision.ts';
import { type ConditionInput, ready, retrying, stalled } from '../resources/conditions.ts';
import type { EventInput } from '../resources/events.ts';
import type { PolicyRevisionObject } from '../resources/types.ts';
import type { Outcome } from '../runtime/reconciler.ts';
import { news } from './report.ts';

/** Problems that a message names; the command line shows all. */
const shown = 5;

/** The conditions of the stages, in their order. */
const stages = ['Linted', 'Tested', 'Planned', 'Active'] as const;
type Stage = (typeof stages)[number];

/** The stage that a state is about: those before it are done, those behind it are not reached. */
const stageOf: Readonly<Record<PolicyState, Stage>> = {
  LintFailed: 'Linted',
  TestsFailed: 'Tested',
  Planning: 'Planned',
  PlanFailed: 'Planned',
  PlanBlocked: 'Active',
  ApprovalRequired: 'Active',
  Proposed: 'Active',
  Shadow: 'Active',
  Canary: 'Active',
  GatesNotMet: 'Active',
  ActivationRefused: 'Active',
  Active: 'Active',
  Superseded: 'Active',
};

const waiting: ReadonlySet<PolicyState> = new Set(['Planning', 'GatesNotMet']);
const good: ReadonlySet<PolicyState> = new Set(['Active', 'Proposed', 'Shadow', 'Canary']);

/** The conditions of all stages where the first one was not begun. */
export function notReached(reason: string, message: string): ConditionInput[] {
  return stages.map((type) => ({ type, status: type === 'Active' ? 'False' : 'Unknown', reason, message }));
}

/** Status, conditions and events of a manifest that was brought a step further. */
export function outcomeOfPolicy(object: PolicyRevisionObject, progress: PolicyProgress, lookAgain: number): Outcome {
  const { state, revisions, plan, files } = progress;
  const message = sentenceOf(progress);
  const summary = good.has(state) ? ready(message, state) : waiting.has(state) ? retrying(state, message) : stalled(state, message);
  return {
    conditions: [...stages.map((stage) => conditionOf(stage, progress, message)), ...summary],
    statusFields: {
      sha256: files,
      ...(revisions && { revisions, revision: revisions.map(({ scope, revision }) => `${scope}@${revision}`).join(' ') }),
      ...(plan && { plan }),
    },
    events: eventsOf(object, progress, message),
    requeueAfter: progress.lookAgain ?? lookAgain,
  };
}

function conditionOf(type: Stage, progress: PolicyProgress, message: string): ConditionInput {
  const { state, plan } = progress;
  const at = stages.indexOf(stageOf[state]);
  const own = stages.indexOf(type);
  if (own === at) return { type, status: state === 'Active' ? 'True' : 'False', reason: state, message };
  if (own > at) return { type, status: type === 'Active' ? 'False' : 'Unknown', reason: state, message };
  if (type === 'Linted') return { type, status: 'True', reason: 'LintPassed', message: 'The files have no errors.' };
  if (type === 'Tested') return { type, status: 'True', reason: 'TestsPassed', message: 'All tests have passed.' };
  if (plan === undefined) return { type, status: 'True', reason: 'NothingChanges', message: 'The files said what was in force.' };
  const figures = `${plan.gains} gains and ${plan.losses} losses of a permission in a place; digest ${plan.digest}.`;
  return { type, status: 'True', reason: 'Planned', message: `Access plan ${plan.id}: ${figures}` };
}

function sentenceOf({ detail, problems = [] }: PolicyProgress): string {
  if (problems.length === 0) return detail;
  const more = problems.length - shown;
  const some = problems.slice(0, shown).map((problem) => problem.slice(0, 1_000));
  return [detail, ...some, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n');
}

function eventsOf(object: PolicyRevisionObject, { state, revisions = [], isNew }: PolicyProgress, message: string): EventInput[] {
  if (isNew) {
    const names = revisions.map(({ scope, revision }) => `revision ${revision} of ${scope}`).join(', ');
    return [{ type: 'Normal', reason: 'Activated', note: `put into force ${names}` }];
  }
  if (good.has(state) || waiting.has(state)) return [];
  return news(object, { type: 'Warning', reason: state, note: message });
}
