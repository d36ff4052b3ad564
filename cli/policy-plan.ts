import { documentOf, isSensitiveGain, type PlanDocument, type ShownChange, type ShownEffect } from '../core/access-plans/document.ts';
import { byLastUse } from '../core/access-plans/last-use.ts';
import { type AccessPlan, makePlan } from '../core/access-plans/plan.ts';
import type { Stranded } from '../core/access-plans/stranded.ts';
import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { readConfig } from '../core/base/config.ts';
import { type Database, openDatabase } from '../core/database/database.ts';
import { readChecked } from '../core/policies/policies.ts';
import { checkSnapshot, loadSnapshot } from '../core/policy-snapshots/loading.ts';
import { counted } from './counted.ts';
import { withDatabase } from './database.ts';
import type { PlanFinding } from './formats.ts';
import { cellOf } from './markdown-cell.ts';
import { type Format, type Out, print, table } from './output.ts';
import { mappingOf } from './policy-apply.ts';
import { statementsOf } from './policy-plan-report.ts';
import { replayLine } from './policy-replay.ts';
import { foundOrPassed, writeReport } from './reports/report.ts';
import { withTemporaryPostgres } from './temporary-postgres.ts';
import { version } from './version.ts';

/** How often a plan finds each of what --fail-on may name, also where it comes only when something is switched on again. */
const findings: Readonly<Record<PlanFinding, (summary: PlanDocument['summary']) => number>> = {
  gain: ({ gains, switchedOff }) => gains + (switchedOff?.gains ?? 0),
  loss: ({ losses, switchedOff }) => losses + (switchedOff?.losses ?? 0),
  'sensitive-gain': ({ sensitiveGains, switchedOff }) => sensitiveGains + (switchedOff?.sensitiveGains ?? 0),
  lockout: ({ lockoutLosses, switchedOff }) => lockoutLosses + (switchedOff?.lockoutLosses ?? 0),
};

/** The forms of a plan beside those of `-o`. */
export type PlanForm = 'markdown' | 'github' | 'sarif' | 'junit';

interface PlanCommand {
  /** `live`, or the file of a snapshot. */
  readonly against: string;
  readonly output: Format;
  readonly format?: PlanForm;
  readonly failOn: readonly PlanFinding[];
  readonly renameRole: readonly string[];
  readonly dropRole: readonly string[];
}

/** Nothing changes for anyone; something does; a rail or --fail-on blocks it; the plan is not what stock Casbin says. */
const codes = { none: 0, effects: 10, blocked: 20, failed: 1 } as const;

/** `tenet policy plan`: what applying these files would change for those who hold something. Exit code: 0 nothing, 10 something, 20 a rail or what --fail-on names blocks it, 1 the plan could not be confirmed. */
export async function plan(directory: string | undefined, options: PlanCommand, out: Out = console.log): Promise<number> {
  const { made, asOf, replayed } = options.against === 'live' ? await planLive(directory, options) : await planSnapshot(directory, options);
  const document = documentOf(made);
  const { format } = options;
  if (format === 'markdown') for (const line of [...markdownOf(document), ...replayed]) out(line);
  else if (format === undefined) print(options.output, out, document, () => tableOf(document));
  else {
    const summary = document.effects.length === 0 ? 'Nothing changes for anyone.' : sentenceOf(document);
    const found = statementsOf(document, directory ?? (process.env['TENET_POLICIES'] || 'policies'));
    const statements = foundOrPassed(found, 'access plan', summary);
    writeReport(format, out, { title: 'tenet policy plan', version: version(), summary, statements, value: document, lines: [] });
  }
  const { decided, differences } = document.verification;
  console.error(`As of ${asOf}. ${decided} questions decided again by stock Casbin: ${differences.length} differences.`);
  if (differences.length > 0) return codes.failed;
  if (document.rails.some(({ status }) => status === 'BLOCK')) return codes.blocked;
  const found = options.failOn.filter((finding) => findings[finding](document.summary) > 0);
  for (const finding of found) console.error(`tenet: stopped by --fail-on ${finding}: ${counted(findings[finding](document.summary))}`);
  if (found.length > 0) return codes.blocked;
  return document.effects.length === 0 ? codes.none : codes.effects;
}

/** A plan, and the moment of what it is about. */
interface Made {
  readonly made: AccessPlan;
  readonly asOf: string;
  /** What Markdown says besides of the decisions that were taken; nothing where there are none. */
  readonly replayed: readonly string[];
}

async function planLive(directory: string | undefined, { format, ...options }: PlanCommand): Promise<Made> {
  const config = readConfig(process.env);
  const contents = await readChecked(directory ?? config.TENET_POLICIES);
  return withDatabase(config, async (database) => {
    const made = await planIn(database, contents, options);
    const isTarget = (name: string) => made.targets.some(({ scope }) => scopeName(scope) === name);
    const replayed = format === 'markdown' ? await replayLine(database, contents, isTarget) : [];
    return { made, asOf: made.dataAt.toISOString(), replayed };
  });
}

/** The same planner over what a file has. It needs no configuration: nothing of an installation is there. */
async function planSnapshot(directory: string | undefined, { against: file, ...options }: PlanCommand): Promise<Made> {
  const contents = await readChecked(directory ?? (process.env['TENET_POLICIES'] || 'policies'));
  const { tables } = await checkSnapshot(file);
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  console.error('Starting a temporary PostgreSQL.');
  return withTemporaryPostgres(async (url) => {
    console.error(`Loading ${counted(rows)} rows of ${file}.`);
    const { dataAt, pseudonyms } = await loadSnapshot(url, file);
    console.error(`Planning. Ids are pseudonyms of the key ${pseudonyms}.`);
    const database = openDatabase(url, { size: 2, onError: () => undefined });
    try {
      return { made: await planIn(database, contents, options), asOf: dataAt, replayed: [] };
    } finally {
      await database.close();
    }
  });
}

function planIn(
  database: Database,
  contents: readonly PolicyContent[],
  options: Pick<PlanCommand, 'renameRole' | 'dropRole'>,
): Promise<AccessPlan> {
  const isMapped = options.renameRole.length + options.dropRole.length > 0;
  return database.observe('platform', (db) => makePlan(db, contents, isMapped ? { mapping: mappingOf(options) } : {}));
}

function tableOf(document: PlanDocument): string[] {
  const { targets, effects } = document;
  const heads = targets.map(
    ({ scope, from, to }) => `${scope}: ${from ? `revision ${from.revision}` : 'new'} -> ${to.sha256.slice(0, 12)}`,
  );
  if (targets.length === 0) return ['The files say what is in force.'];
  const rails = [
    ...invitationLines(document),
    ...strandedLines(document),
    ...document.rails.map(({ id, status, detail }) => `${status} ${id}: ${detail}`),
  ];
  if (effects.length === 0)
    return [...heads, ...mappingLines(document), 'Nothing changes for anyone.', ...rails, `digest ${document.digest}`];
  const lines = linesOf(document);
  return [
    ...heads,
    ...mappingLines(document),
    sentenceOf(document),
    '',
    ...table(headings, lines),
    '',
    ...rails,
    `digest ${document.digest}`,
  ];
}

const headings = ['CHANGE', 'PERMISSION', 'LEVEL', 'WHO HOLDS', 'BY', 'SUBJECTS', 'ORGANIZATIONS', 'LAST USED', 'RULE'];

/** A line for each change: first those that gain something sensitive, then losses, of these first what was used last. */
function linesOf({ effects, uses }: PlanDocument): string[][] {
  const all = effects.flatMap((effect) => effect.changes.map((change) => ({ effect, change })));
  const sensitive = all.filter(({ change }) => isSensitiveGain(change));
  const losses = all.filter(({ change }) => change.kind === 'LOSS').sort((a, b) => byLastUse(a.change.lastUse, b.change.lastUse));
  const others = all.filter(({ change }) => change.kind === 'GAIN' && !isSensitiveGain(change));
  return [...sensitive, ...losses, ...others].map(({ effect, change }) => cellsOf(effect, change, uses));
}

function cellsOf(effect: ShownEffect, change: ShownChange, { days }: PlanDocument['uses']): string[] {
  const { level, roles, scopes, via, subjects, organizations } = effect;
  const held = [...roles, ...(scopes ?? [])].join(' + ');
  return [
    kindOf(change),
    change.permission,
    level.toLowerCase(),
    held,
    via.join(' ').toLowerCase(),
    counted(subjects),
    counted(organizations),
    lastUseOf(change, days),
    ruleOf(change),
  ];
}

/** What is of interest of it: that something sensitive is gained, that a permission with the flag lockout is lost, or that it is switched off now. */
function kindOf(change: ShownChange): string {
  const isLockout = change.kind === 'LOSS' && change.flags?.includes('LOCKOUT');
  const notes = [isSensitiveGain(change) ? 'sensitive' : [], isLockout ? 'lockout' : [], change.switchedOff ? 'switched off' : []].flat();
  return notes.length === 0 ? change.kind : `${change.kind} (${notes.join(', ')})`;
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

const nouns = [
  ['USER', 'person', 'people'],
  ['SERVICE_ACCOUNT', 'service account'],
  ['API_KEY', 'API key'],
  ['CONTROLLER', 'controller'],
] as const;

function sentenceOf({ summary }: PlanDocument): string {
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

/** For a pull request. */
function markdownOf(document: PlanDocument): string[] {
  const { targets, effects, digest, verification, rails } = document;
  const title = targets
    .map(({ scope, from, to }) => `\`${scope}\` ${from ? `revision ${from.revision}` : 'new'} → \`${to.sha256.slice(0, 12)}\``)
    .join(', ');
  const head = ['## Access plan', '', title === '' ? 'The files say what is in force.' : title, ''];
  const said = [
    ...mappingLines(document).map((line) => `- ${cellOf(line)}`),
    ...[...invitationLines(document), ...strandedLines(document)].map((line) => `- ${cellOf(line)}`),
    ...rails.map(({ id, status, detail }) => `- ${status === 'OK' ? status : `**${status}**`} ${id}: ${cellOf(detail)}`),
  ];
  if (effects.length === 0) return [...head, 'Nothing changes for anyone.', '', ...said, '', `Digest \`${digest}\``];
  const lines = linesOf(document).map((cells) => cells.map(cellOf));
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
    `Digest \`${digest}\`; ${counted(decided)} questions decided again by stock Casbin, ${differences.length} differences.`,
  ];
}

function invitationLines({ pendingInvitations }: PlanDocument): string[] {
  return pendingInvitations.map(
    ({ blueprint, role, count }) => `${counted(count)} pending invitations offer ${blueprint}/${role}, which changes`,
  );
}

const strandedNouns: Readonly<Record<Stranded['kind'], string>> = {
  GRANT: 'grants',
  INVITATION: 'invitations',
  INVITATION_LINK: 'invitation links',
  SUPPORT_ACCESS: 'support accesses',
  API_KEY: 'API keys',
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

/** What is of no use after the change, with the first ones by id. */
function strandedLines({ stranded }: PlanDocument): string[] {
  return stranded.map(({ kind, reason, scope, role = 'roles that organizations have defined', count, organizations, examples }) => {
    const shown = examples.slice(0, 3).map(({ organizationId, id }) => (organizationId === undefined ? id : `${id} in ${organizationId}`));
    const more = count > shown.length ? `, and ${counted(count - shown.length)} more` : '';
    const where = organizations === 0 ? '' : `, in ${counted(organizations)} organizations`;
    return `stranded: ${counted(count)} ${strandedNouns[kind]} of ${scope} ${strandedReasons[reason](role)}${where}: ${shown.join(', ')}${more}`;
  });
}
