import type { Unnamed } from '../core/access/names.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { awaitReplicas, type Replica, targetOf } from '../core/authorization/store/replicas.ts';
import { type Head, listHeads } from '../core/authorization/store/revisions.ts';
import { listFindings, type ShownFinding } from '../core/authorization/store/rollout-findings.ts';
import {
  type Figures,
  figuresOf,
  findRollout,
  listOpenRollouts,
  listRollouts,
  type Rollout,
} from '../core/authorization/store/rollouts.ts';
import { type Config, readConfig } from '../core/base/config.ts';
import { toId } from '../core/base/ids.ts';
import type { Database, Db } from '../core/database/database.ts';
import { findPlace } from '../core/organizations/find-place.ts';
import { activateRevision } from '../core/policies/activation.ts';
import { isEmptyMapping, type RoleMapping } from '../core/policies/role-mapping.ts';
import { cancelRollout, createRollout, promoteRollout, type WantedCanary } from '../core/policies/rollouts.ts';
import { counted } from './counted.ts';
import { readDatabase, withDatabase } from './database.ts';
import { type Naming, readNaming, unnamedIn } from './names.ts';
import { checkId, checkReason, UsageError } from './options.ts';
import { type Format, type Out, print, table } from './output.ts';
import { behind, caller, mappingOf } from './policy-apply.ts';
import { demandScope, readRevision, readScope, uncontended } from './policy-names.ts';
import { lateness } from './policy-status.ts';

/** How far a candidate is to go, as `--stage` says it; a canary with organizations by their slugs or ids. */
export type WantedStage =
  | { readonly stage: 'SHADOW' | 'ALL' }
  | { readonly stage: 'CANARY'; readonly share?: number; readonly organizations: readonly string[] };

export interface WantedGates {
  readonly decisions?: number;
  readonly unplanned?: number;
}

interface StageOptions {
  readonly stage: WantedStage;
  readonly reason: string;
  readonly force?: true;
  readonly renameRole: readonly string[];
  readonly dropRole: readonly string[];
  readonly output: Format;
  /** Seconds to wait for the replicas. */
  readonly wait?: number;
}

interface ActivateOptions extends StageOptions {
  readonly gate?: WantedGates;
  readonly plan?: string;
}

/** What a command has done: the head of the scope, and the rollout where there is one. */
interface Done {
  readonly head: Head;
  readonly rollout?: Rollout | undefined;
}

/** `tenet policy activate`: puts a stored revision into force, at once or in stages. Exit code: 0, or 3 where a replica does not decide by it yet. */
export async function activate(name: string, options: ActivateOptions, out: Out = console.log): Promise<number> {
  const { scope, stored, number } = readRevision(name);
  if (number === undefined) throw new UsageError(`${name} names no revision: say which one, as in ${scope}@3.`);
  if (options.plan !== undefined) checkId('--plan', 'accessPlan', options.plan);
  return changing(stored, options, out, async (db, { actor, mapping, keys }) => {
    const { stage, reason, gate: gates, plan: planId } = options;
    const [head] = await listHeads(db, [stored]);
    const canary = await canaryOf(db, stage);
    if (head?.rollout?.candidate === number && stage.stage !== 'SHADOW')
      return promoteOpen(db, head, options, { actor, mapping, keys, canary });
    if (stage.stage !== 'ALL')
      return {
        rollout: await createRollout(db, actor, uncontended, { scope: stored, revision: number, canary, gates, planId, reason, keys }),
      };
    await activateRevision(db, actor, uncontended, {
      scope: stored,
      revision: number,
      expected: undefined,
      reason,
      roleMapping: mapping,
      keys,
    });
    return {};
  });
}

/** `tenet policy rollout promote`: moves the open rollout of a scope on. Exit code as of activate. */
export async function promote(scope: string, options: StageOptions, out: Out = console.log): Promise<number> {
  const stored = readScope(scope);
  if (options.stage.stage === 'SHADOW')
    throw new UsageError('--stage must be canary:<share>%, orgs=<organizations> or all: a rollout does not go back to the shadow.');
  return changing(stored, options, out, async (db, context) => {
    const [head] = await listHeads(db, [stored]);
    if (!head?.rollout) throw nothingOpen(scope);
    return promoteOpen(db, head, options, { ...context, canary: await canaryOf(db, options.stage) });
  });
}

/** `tenet policy rollout cancel`: ends the open rollout of a scope. Exit code as of activate. */
export async function cancel(
  scope: string,
  options: Omit<StageOptions, 'stage' | 'force' | 'renameRole' | 'dropRole'>,
  out: Out = console.log,
): Promise<number> {
  const stored = readScope(scope);
  return changing(stored, { ...options, renameRole: [], dropRole: [] }, out, async (db, { actor }) => {
    const [head] = await listHeads(db, [stored]);
    if (!head?.rollout) throw nothingOpen(scope);
    return { rollout: await cancelRollout(db, actor, (await findRollout(db, head.rollout.id))!, options.reason) };
  });
}

/** `tenet policy rollout status`: the open rollouts with what their comparison has found; of one scope also those that have ended. */
export async function status(scope: string | undefined, options: { readonly output: Format }, out: Out = console.log): Promise<void> {
  const stored = scope === undefined ? undefined : readScope(scope);
  const { shown, naming } = await readDatabase(async (db) => {
    if (stored !== undefined) await demandScope(db, stored);
    const rollouts = stored === undefined ? await listOpenRollouts(db) : await listRollouts(db, stored, { limit: 20 });
    const figures = await figuresOf(
      db,
      rollouts.map(({ id }) => id),
    );
    const found: ShownRollout[] = [];
    for (const rollout of rollouts) {
      const findings = (await listFindings(db, rollout.id, shownFindings)).map(findingOf);
      found.push({ ...shownOf(rollout), figures: figures.get(rollout.id)!, findings });
    }
    return { shown: found, naming: await readNaming(db, 'all', found.flatMap(unnamedOf)) };
  });
  print(options.output, out, shown, () =>
    shown.length === 0
      ? [stored === undefined ? 'No rollout is open.' : `There is no rollout of ${scope}.`]
      : [
          ...table(
            ['SCOPE', 'ROLLOUT', 'CANDIDATE', 'STAGE', 'COMPARED', 'PLANNED', 'UNPLANNED', 'BY', 'SINCE', 'REASON'],
            shown.map((each) => [
              ...[each.scope, each.id, String(each.candidate), stageWords(each, naming)],
              ...[gated(each.figures, each), String(each.figures.planned), String(each.figures.unplanned)],
              ...[naming.text(each.movedBy), each.movedAt, each.movedReason],
            ]),
          ),
          ...shown.filter(({ stage }) => stage === 'SHADOW' || stage === 'CANARY').flatMap((each) => unplannedLines(each, naming)),
        ],
  );
}

/** How many findings of a rollout are shown, what the plan does not say first. */
const shownFindings = 20;

type ShownRollout = Shown & { readonly figures: Figures; readonly findings: readonly ReturnType<typeof findingOf>[] };

function findingOf({ resource, action, firstAt, lastAt, ...finding }: ShownFinding) {
  return { permission: `${resource}:${action}`, ...finding, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
}

/** Organizations of a canary that are named to people. */
const canariesShown = 3;

/** What people are told of a rollout that it has by ids. */
function unnamedOf({ movedBy, organizations = [], findings }: ShownRollout): Unnamed[] {
  return [
    ...unnamedIn([movedBy, ...organizations.slice(0, canariesShown)].join(' ')),
    ...findings.flatMap(({ roles, organizationId = '' }) => unnamedIn([organizationId, ...roles].join(' '), organizationId)),
  ];
}

/** What differs where the plan does not say so, a line for each. */
const unplannedLines = ({ scope, findings }: ShownRollout, naming: Naming): string[] =>
  findings
    .filter(({ planned }) => !planned)
    .map(({ permission, level, roles, effect, count, decisionId, organizationId }) => {
      const such =
        decisionId === undefined
          ? ''
          : `, such as ${decisionId}${organizationId === undefined ? '' : ` in ${naming.place(organizationId)}`}`;
      const held = roles.map((role) => naming.held([role], organizationId)).join(', ');
      const change = effect === 'DENY_TO_ALLOW' ? 'denied -> allowed' : 'allowed -> denied';
      return `${scope}: not in the plan: ${permission} (${level}) for ${held}: ${change}, ${counted(count, 'decision')}${such}`;
    });

const gated = ({ compared }: Figures, { gates }: Pick<Rollout, 'gates'>): string => `${compared} of ${gates.decisions}`;

type Shown = ReturnType<typeof shownOf>;

function shownOf({ scope, canary: { share, organizations }, movedAt, createdAt, updatedAt, version: _, ...rollout }: Rollout) {
  return {
    ...rollout,
    scope: scopeName(scope),
    ...(share > 0 && { share }),
    ...(organizations.length > 0 && { organizations: organizations.map((id) => toId('organization', id)) }),
    ...{ movedAt: movedAt.toISOString(), createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
  };
}

function stageWords({ stage, share, organizations }: Shown, naming?: Naming): string {
  const where = [...(share === undefined ? [] : [`${share / 100} %`]), ...(organizations ? [canaryWords(organizations, naming)] : [])];
  return [stage.toLowerCase().replace('_', '-'), ...(stage === 'CANARY' ? where : [])].join(' ');
}

/** `2 named`, or with names `2 named (acme, beta)`. */
function canaryWords(organizations: readonly string[], naming: Naming | undefined): string {
  const count = `${organizations.length} named`;
  if (!naming) return count;
  const names = organizations.slice(0, canariesShown).map((id) => naming.place(id));
  return `${count} (${names.join(', ')}${organizations.length > canariesShown ? ', ...' : ''})`;
}

interface Context {
  readonly actor: { readonly name: string; readonly requestId: string; readonly effects: { events: []; mails: [] } };
  readonly mapping: RoleMapping;
  readonly keys: Config['policyKeys'];
}

/** Does something with a scope in one transaction, says what came of it, and waits for the replicas where that is asked. */
async function changing(
  stored: string,
  options: Pick<StageOptions, 'reason' | 'renameRole' | 'dropRole' | 'output' | 'wait'>,
  out: Out,
  work: (db: Db, context: Context) => Promise<{ rollout?: Rollout }>,
): Promise<number> {
  checkReason('--reason', options.reason);
  const config = readConfig(process.env);
  const context = {
    actor: { name: caller(), requestId: 'cli', effects: { events: [], mails: [] } },
    mapping: mappingOf(options),
    keys: config.policyKeys,
  } satisfies Context;
  const { head, rollout, late } = await withDatabase(config, async (database) => {
    const done = await database.write('platform', async (db): Promise<Done> => {
      await demandScope(db, stored);
      const { rollout } = await work(db, context);
      const [head] = await listHeads(db, [stored]);
      return { head: head!, rollout };
    });
    return { ...done, late: await laggards(database, done.head, options.wait) };
  });
  const scope = scopeName(stored);
  const shown = rollout && shownOf(rollout);
  print(options.output, out, { scope, revision: head.revision, ...(shown && { rollout: shown }) }, () => [
    ...(shown ? [`${scope}: rollout ${shown.id} of revision ${shown.candidate}: ${stageWords(shown)}`] : []),
    `${scope}: revision ${head.revision} is in force`,
  ]);
  for (const replica of late) console.error(`tenet: ${lateness(replica, [targetOf(head)])}`);
  return late.length > 0 ? behind : 0;
}

const laggards = async (database: Database, head: Head, wait: number | undefined): Promise<Replica[]> =>
  wait === undefined ? [] : awaitReplicas(database, [targetOf(head)], wait * 1_000);

async function promoteOpen(
  db: Db,
  head: Head,
  { stage: { stage }, force, reason }: Pick<StageOptions, 'stage' | 'force' | 'reason'>,
  { actor, mapping, keys, canary }: Context & { readonly canary: WantedCanary | undefined },
): Promise<{ rollout: Rollout }> {
  const before = (await findRollout(db, head.rollout!.id))!;
  const promotion = {
    ...{ stage: stage as 'CANARY' | 'ALL', canary, force, reason, keys },
    ...(!isEmptyMapping(mapping) && { roleMapping: mapping }),
  };
  return { rollout: await promoteRollout(db, actor, uncontended, before, promotion) };
}

async function canaryOf(db: Db, wanted: WantedStage): Promise<WantedCanary | undefined> {
  if (wanted.stage !== 'CANARY') return undefined;
  const organizationIds: string[] = [];
  for (const name of wanted.organizations) {
    const place = await findPlace(db, name);
    if (!place || place.projectId !== undefined)
      throw new UsageError(`--stage names ${name}, which is no active organization: give the slug or the id of one.`);
    organizationIds.push(place.organizationId);
  }
  return { ...(wanted.share !== undefined && { share: wanted.share }), ...(organizationIds.length > 0 && { organizationIds }) };
}

const nothingOpen = (scope: string): UsageError =>
  new UsageError(`${scope} has no open rollout. To begin one: npx tenet policy activate ${scope}@<revision> --stage shadow --reason '…'`);
