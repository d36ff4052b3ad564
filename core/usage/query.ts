import type { Actor } from '../authorization/decisions/actor.ts';
import type { Meter } from '../authorization/policy/meters.ts';
import { toId, toUuid } from '../base/ids.ts';
import { parseInstant } from '../base/instants.ts';
import { foreignToken, type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { type Db, dear } from '../database/database.ts';
import { type Question, readQuestion, type UsageQuestion } from './question.ts';
import { groupsOf, sumsSql } from './sums-sql.ts';

/** What was used within one group: of a time, a project, a member, a key or a resource, as far as the question tells them apart. */
export interface UsageSum {
  /** The begin of the hour, day or month (UTC). */
  readonly from?: string;
  readonly projectId?: string;
  readonly memberId?: string;
  readonly apiKeyId?: string;
  readonly resources?: Record<string, string>;
  readonly quantity: string;
  readonly cost?: string;
  readonly currency?: string;
  readonly events: number;
  /** When it was used last within the period. */
  readonly lastAt?: string;
}

interface SumRow {
  /** A text for each group, of the empty text for usage that has none. */
  keys: string[];
  quantity: string | null;
  cost: string | null;
  events: string;
  last_at: Date | null;
}

/** The keys of the last item as JSON, in base64url. */
const keyPattern = /^[\w-]{2,1500}$/;

/**
 * What an organization or one of its projects has used in a period, exactly: what the job has added up, and what was reported since, in one statement.
 * Throws InvalidInput.
 */
export async function queryUsage(db: Db, actor: Actor, input: UsageQuestion & PageQuery): Promise<Page<UsageSum>> {
  const { organizationId, projectId, meter, from, to, groupBy, memberId, apiKeyId, resource } = input;
  const question = readQuestion((await actor.engine({ organizationId })).blueprint!, input);
  const list = JSON.stringify(['usage', organizationId, { meter, from, to, groupBy, projectId, memberId, apiKeyId, resource }]);
  const page = readPage(input, list, keyPattern);
  const { sql, values } = sumsSql(toUuid('organization', organizationId), question, {
    after: page.after === undefined ? undefined : readKeys(page.after, question),
    limit: page.limit + 1,
  });
  const rows = await dear<SumRow>(db, db.raw(sql, values));
  return toPage(rows, page, list, ({ keys }) => Buffer.from(JSON.stringify(keys)).toString('base64url'), toSum(question));
}

function readKeys(text: string, question: Question): string[] {
  const keys = parsed(text);
  if (!Array.isArray(keys) || keys.length !== groupsOf(question).length) throw foreignToken();
  if (!keys.every((key) => typeof key === 'string' && /^[ -~]{0,300}$/.test(key))) throw foreignToken();
  if (question.time !== undefined && parseInstant(keys[0]) === undefined) throw foreignToken();
  return keys;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What a row says, by the groups of the question. */
export function toSum(question: Question): (row: SumRow) => UsageSum {
  const groups = groupsOf(question);
  return ({ keys, quantity, cost, events, last_at }) => ({
    ...Object.assign({}, ...groups.map((group, index) => memberOf(group, keys[index]!))),
    ...resourcesOf(groups, keys),
    quantity: quantity ?? '0',
    ...costOf(question.meter, cost),
    events: Number(events),
    ...(last_at && { lastAt: last_at.toISOString() }),
  });
}

function costOf({ currency }: Meter, cost: string | null): { cost: string; currency: string } | undefined {
  return currency === undefined ? undefined : { cost: cost ?? '0', currency };
}

function memberOf(group: string, key: string): Partial<UsageSum> {
  if (key === '') return {};
  if (group === 'project') return { projectId: toId('project', key) };
  if (group === 'member') return { memberId: toId('user', key) };
  if (group === 'api-key') return { apiKeyId: toId('apiKey', key) };
  return group.startsWith('resource:') ? {} : { from: key };
}

function resourcesOf(groups: readonly string[], keys: readonly string[]): { resources: Record<string, string> } | undefined {
  const pairs = groups.flatMap((group, index): [string, string][] =>
    group.startsWith('resource:') && keys[index] !== '' ? [[group.slice('resource:'.length), keys[index]!]] : [],
  );
  return pairs.length === 0 ? undefined : { resources: Object.fromEntries(pairs) };
}
