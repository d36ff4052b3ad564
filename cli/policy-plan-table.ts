import type { PlanDocument, ShownChange, ShownEffect } from '../core/access-plans/document.ts';
import type { Stranded } from '../core/access-plans/stranded.ts';
import { counted } from '../core/base/counted.ts';
import { groupedBy } from '../core/base/grouped.ts';
import type { Naming } from './names.ts';
import { table } from './output.ts';
import { changesInOrder, kindOf } from './policy-plan-changes.ts';
import { countOf, heldBy, metInMarkdown, metInTable, nouns, strandedShown, subjectsOf } from './policy-plan-people.ts';
import { cellOf } from './reports/markdown-cell.ts';

/** A plan for a terminal. */
export function tableOf(document: PlanDocument, naming: Naming): string[] {
  const { targets, effects } = document;
  const heads = targets.map(
    ({ scope, from, to }) => `${scope}: ${from ? `revision ${from.revision}` : 'new'} -> ${to.sha256.slice(0, 12)}`,
  );
  if (targets.length === 0) return ['The files say what is in force.'];
  const rails = [
    ...invitationLines(document),
    ...strandedLines(document, naming),
    ...document.rails.map(({ id, status, detail }) => `${status} ${id}: ${naming.text(detail)}`),
  ];
  if (effects.length === 0)
    return [...heads, ...mappingLines(document), 'Nothing changes for anyone.', ...rails, `digest ${document.digest}`];
  return [
    ...heads,
    ...mappingLines(document),
    sentenceOf(document),
    '',
    ...table(headings, linesOf(document, naming)),
    '',
    ...metInTable(document, naming),
    '',
    ...rails,
    `digest ${document.digest}`,
  ];
}

const headings = ['CHANGE', 'PERMISSION', 'LEVEL', 'WHO HOLDS', 'BY', 'SUBJECTS', 'ORGANIZATIONS', 'LAST USED', 'RULE'];

/** A line for each change. */
function linesOf(document: PlanDocument, naming: Naming): string[][] {
  const byEffect = groupedBy(document.rows, ({ effect }) => effect);
  const counts = new Map(document.effects.map(({ effect }) => [effect, countOf(subjectsOf(byEffect.get(effect) ?? []))]));
  return changesInOrder(document).map(({ effect, change }) => cellsOf(document, effect, change, { naming, counts }));
}

function cellsOf(
  document: PlanDocument,
  effect: ShownEffect,
  change: ShownChange,
  { naming, counts }: { readonly naming: Naming; readonly counts: ReadonlyMap<number, string> },
): string[] {
  const { level, via, organizations } = effect;
  return [
    kindOf(change),
    change.permission,
    level.toLowerCase(),
    heldBy(document, effect, naming),
    via.join(' ').toLowerCase(),
    counts.get(effect.effect)!,
    counted(organizations),
    lastUseOf(change, document.uses.days),
    ruleOf(change),
  ];
}

function lastUseOf({ lastUse }: ShownChange, days: number): string {
  if (!lastUse) return '';
  return lastUse.at ?? (lastUse.state === 'UNUSED' ? `not in ${days} days` : 'unknown');
}

/** The row that says it, or the row that said so before. */
function ruleOf({ before, after }: ShownChange): string {
  const rule = after.rule ?? before.rule;
  if (!rule) return '';
  return `${rule.file}:${rule.line}${after.rule ? '' : ' is gone'}`;
}

/** What a plan comes to, in a sentence without its end. */
export function sentenceOf({ summary }: PlanDocument): string {
  const { gains, losses, sensitiveGains, subjects, organizations, switchedOff } = summary;
  const counts = subjects && nouns.flatMap(([type, ...noun]) => (subjects[type] === 0 ? [] : counted(subjects[type], ...noun)));
  const who = counts?.length ? ` for ${counts.join(', ')}` : '';
  const sensitive = sensitiveGains === 0 ? '' : ` (${counted(sensitiveGains)} of them sensitive)`;
  const changes = `${counted(gains, 'gain')}${sensitive} and ${counted(losses, 'loss', 'losses')} of a permission in a place`;
  return `${changes}${who}, in ${counted(organizations, 'organization')}${switchedOff ? `; ${laterOf(switchedOff)}` : ''}`;
}

/** What is switched off where it would change. */
function laterOf({ gains, losses, sensitiveGains, organizations }: NonNullable<PlanDocument['summary']['switchedOff']>): string {
  const sensitive = sensitiveGains === 0 ? '' : ` (${counted(sensitiveGains)} of them sensitive)`;
  const all = [
    ...(gains === 0 ? [] : [`${counted(gains, 'gain')}${sensitive} more`]),
    ...(losses === 0 ? [] : [`${counted(losses, 'loss', 'losses')} more`]),
  ];
  return `${all.join(' and ')} once ${counted(organizations, 'organization')} ${organizations === 1 ? 'switches' : 'switch'} on again what is off there`;
}

/** A plan for a pull request, with people as numbers unless they are named. */
export function markdownOf(document: PlanDocument, naming: Naming, withPeople: boolean): string[] {
  const { targets, effects, digest, verification, rails } = document;
  const title = targets
    .map(({ scope, from, to }) => `\`${scope}\` ${from ? `revision ${from.revision}` : 'new'} → \`${to.sha256.slice(0, 12)}\``)
    .join(', ');
  const head = ['## Access plan', '', title === '' ? 'The files say what is in force.' : title, ''];
  const said = [
    ...mappingLines(document).map((line) => `- ${cellOf(line)}`),
    ...[...invitationLines(document), ...strandedLines(document, naming)].map((line) => `- ${cellOf(line)}`),
    ...rails.map(({ id, status, detail }) => `- ${status === 'OK' ? status : `**${status}**`} ${id}: ${cellOf(naming.text(detail))}`),
  ];
  if (effects.length === 0) return [...head, 'Nothing changes for anyone.', '', ...said, '', `Digest \`${digest}\``];
  const lines = linesOf(document, naming).map((cells) => cells.map(cellOf));
  const { decided, differences } = verification;
  return [
    ...head,
    `**${sentenceOf(document)}.**`,
    '',
    `| ${headings.join(' | ').toLowerCase()} |`,
    '|---|---|---|---|---|--:|--:|---|---|',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...said,
    '',
    `Digest \`${digest}\`; ${counted(decided, 'question')} decided again by stock Casbin, ${counted(differences.length, 'difference')}.`,
    '',
    ...metInMarkdown(document, naming, withPeople),
  ];
}

function invitationLines({ pendingInvitations }: PlanDocument): string[] {
  return pendingInvitations.map(
    ({ blueprint, role, count }) =>
      `${counted(count, 'pending invitation offers', 'pending invitations offer')} ${blueprint}/${role}, which changes`,
  );
}

const strandedNouns: Readonly<Record<Stranded['kind'], readonly [one: string, more?: string]>> = {
  GRANT: ['grant'],
  INVITATION: ['invitation'],
  INVITATION_LINK: ['invitation link'],
  SUPPORT_ACCESS: ['support access', 'support accesses'],
  API_KEY: ['API key'],
};

const strandedReasons: Readonly<Record<Stranded['reason'], (role: string) => string>> = {
  ROLE_DROPPED: (role) => `of ${role}, which is dropped: they end`,
  ROLE_GONE: (role) => `of ${role}, which is gone`,
  GIVER_LOST: (role) => `to ${role}, which their authors may not offer any more`,
  SCOPES_EMPTY: () => 'whose scopes allow nothing any more',
  OWNER_EMPTY: () => 'whose owners hold nothing that allows anything any more',
  NOT_EXAMINED: (role) => `to ${role}, whose authors are too many to ask about`,
};

/** What becomes of roles that the files lack. */
function mappingLines({ roleMapping: { rename = {}, drop = [] } = {} }: PlanDocument): string[] {
  return [...Object.entries(rename).map(([from, to]) => `${from} is renamed to ${to}`), ...drop.map((role) => `${role} is dropped`)];
}

/** What is of no use after the change, with the first ones. */
function strandedLines({ stranded }: PlanDocument, naming: Naming): string[] {
  return stranded.map(({ kind, reason, scope, role = 'roles that organizations have defined', count, organizations, examples }) => {
    const shown = examples.slice(0, strandedShown).map(({ organizationId, id }) => {
      const example = naming.text(id, organizationId);
      return organizationId === undefined ? example : `${example} in ${naming.place(organizationId)}`;
    });
    const more = count > shown.length ? `, and ${counted(count - shown.length)} more` : '';
    const where = organizations === 0 ? '' : `, in ${counted(organizations, 'organization')}`;
    return `stranded: ${counted(count, ...strandedNouns[kind])} of ${scope} ${strandedReasons[reason](role)}${where}: ${shown.join(', ')}${more}`;
  });
}
