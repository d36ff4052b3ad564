import type { Unnamed } from '../core/access/names.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { listFindings, type ShownFinding } from '../core/authorization/store/rollout-findings.ts';
import {
  type Figures,
  figuresOf,
  lastRollouts,
  listOpenRollouts,
  listRollouts,
  type Rollout,
} from '../core/authorization/store/rollouts.ts';
import { counted } from '../core/base/counted.ts';
import { toId } from '../core/base/ids.ts';
import { readDatabase } from './database.ts';
import { type Naming, readNaming, unnamedIn, usualNames } from './names.ts';
import { type Format, type Out, print, table } from './output.ts';
import { demandScope, readScope } from './policy-names.ts';
import { effectWords, lastRolloutWords, stageName } from './rollout-words.ts';

/** `tenet policy rollout status`: the open rollouts with what their comparison has found; of one scope also those that have ended. */
export async function status(scope: string | undefined, options: { readonly output: Format }, out: Out = console.log): Promise<void> {
  const stored = scope === undefined ? undefined : readScope(scope);
  const { shown, naming, ended } = await readDatabase(async (db) => {
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
    const last = stored === undefined ? await lastRollouts(db) : [];
    return { shown: found, naming: await readNaming(db, usualNames(), found.flatMap(unnamedOf)), ended: last.filter(hasRolledBack) };
  });
  print(options.output, out, shown, () =>
    shown.length === 0
      ? [stored === undefined ? 'No rollout is open.' : `There is no rollout of ${scope}.`, ...ended.map(endWords)]
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
          ...ended.map(endWords),
        ],
  );
}

const hasRolledBack = ({ stage }: Rollout): boolean => stage === 'ROLLED_BACK';

/** How a rollout has ended, when and why. */
export function endWords({ scope, id, candidate, stage, movedAt, movedReason }: Rollout): string {
  const last = { id, revision: candidate, stage, movedAt: movedAt.toISOString(), movedReason };
  return lastRolloutWords(scopeName(scope), last);
}

/** How many findings of a rollout are shown, what the plan does not say first. */
const shownFindings = 20;

type ShownRollout = Shown & { readonly figures: Figures; readonly findings: readonly ReturnType<typeof findingOf>[] };

function findingOf({ resource, action, firstAt, lastAt, ...finding }: ShownFinding) {
  return { permission: `${resource}:${action}`, ...finding, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
}

/** Organizations of a canary that are named to people. */
const canariesShown = 3;

/** The ids that the report of a rollout shows to people, for their names to be looked up. */
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
      return `${scope}: not in the plan: ${permission} (${level}) for ${held}: ${effectWords[effect]}, ${counted(count, 'decision')}${such}`;
    });

const gated = ({ compared }: Figures, { gates }: Pick<Rollout, 'gates'>): string => `${compared} of ${gates.decisions}`;

type Shown = ReturnType<typeof shownOf>;

/** A rollout as it is printed. */
export function shownOf({ scope, canary: { share, organizations }, movedAt, createdAt, updatedAt, version: _, ...rollout }: Rollout) {
  return {
    ...rollout,
    scope: scopeName(scope),
    ...(share > 0 && { share }),
    ...(organizations.length > 0 && { organizations: organizations.map((id) => toId('organization', id)) }),
    ...{ movedAt: movedAt.toISOString(), createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
  };
}

/** `canary 5 %`, or with names `canary 2 named (acme, beta)`. */
export function stageWords({ stage, share, organizations }: Shown, naming?: Naming): string {
  const where = [...(share === undefined ? [] : [`${share / 100} %`]), ...(organizations ? [canaryWords(organizations, naming)] : [])];
  return [stageName(stage), ...(stage === 'CANARY' ? where : [])].join(' ');
}

/** `2 named`, or with names `2 named (acme, beta)`. */
function canaryWords(organizations: readonly string[], naming: Naming | undefined): string {
  const count = `${organizations.length} named`;
  if (!naming) return count;
  const names = organizations.slice(0, canariesShown).map((id) => naming.place(id));
  return `${count} (${names.join(', ')}${organizations.length > canariesShown ? ', ...' : ''})`;
}
