import { type AccessScope, accessEntriesBehind, accessScope } from '../access/access-report.ts';
import { type AuditEventRow, type EventFilters, eventsIn, toAuditEvents } from '../audit/events.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { beginUsageExport, usageRows } from '../usage/usage-export.ts';

/** Names of what can be exported. */
export type ExportKindName = 'AUDIT_EVENTS' | 'ACCESS_REPORT' | 'USAGE';

/** What an export is narrowed down by. */
export type ExportFilters = { readonly [Name in keyof EventFilters]?: Exclude<EventFilters[Name], undefined> };

/** A part of what is exported, in its order. */
export interface ExportSlice {
  readonly rows: readonly object[];
  /** The sort key of the last of them. */
  readonly position?: string | undefined;
  readonly isEnd: boolean;
}

/** Something that can be exported. A further one is an entry of the table below and a value of ExportKind in the contract. */
export interface ExportKind {
  /** What is asked for besides the export itself, when it is begun, with each chunk and at each download. */
  readonly permissions: readonly (readonly [resource: string, action: string])[];
  /** The columns of CSV: members of a row, or members of members by `a.b`. */
  readonly columns: readonly string[];
  /** The filters that it takes. */
  readonly filters: readonly (keyof ExportFilters)[];
  /** What is known only while the caller is there: kept with the export, as JSON. */
  begin(db: Db, actor: Actor, about: { organizationId: string; filters: ExportFilters }): Promise<object>;
  /** The rows behind a position, at most `limit`. */
  rows(db: Db, about: ExportPart): Promise<ExportSlice>;
}

/** Which rows are wanted next. */
interface ExportPart {
  readonly org: string;
  readonly filters: ExportFilters;
  /** What `begin` has returned. */
  readonly context: object;
  readonly position: string | null;
  readonly limit: number;
}

/** Everything that can be exported. */
export const exportKinds: Readonly<Record<ExportKindName, ExportKind>> = {
  AUDIT_EVENTS: {
    permissions: [
      ['audit-event', 'list'],
      ['audit-event', 'export'],
    ],
    columns: [
      ...['sequence', 'at', 'actor', 'action', 'target', 'projectId', 'outcome', 'requestId', 'clientRequestId', 'decisionId'],
      ...['before', 'after', 'hash'],
    ],
    filters: ['actor', 'action', 'target', 'projectId', 'requestId', 'outcome', 'since', 'before'],
    // What happens from now on, this export included, is not in it.
    async begin(db, _actor, { organizationId }) {
      const { rows } = await db.raw('select coalesce(max(seq), 0) as last from audit_events where org_id = ?', [
        toUuid('organization', organizationId),
      ]);
      return { last: (rows as [{ last: string }])[0].last };
    },
    async rows(db, { org, filters, context, position, limit }) {
      const { last } = context as { last: string };
      const query = eventsIn(db, org, filters).where('seq', '<=', last).orderBy('seq').limit(limit);
      if (position !== null) query.where('seq', '>', position);
      const rows: AuditEventRow[] = await query;
      return { rows: await toAuditEvents(db, rows), position: rows.at(-1)?.seq, isEnd: rows.length < limit };
    },
  },
  ACCESS_REPORT: {
    permissions: [['access-report', 'read']],
    columns: [
      ...['subject.type', 'subject.id', 'displayName', 'email', 'relation', 'state', 'isOwner', 'lastUsedAt', 'role', 'level', 'projectId'],
      ...['projectName', 'reachesProjects', 'through', 'grantId', 'from', 'until'],
    ],
    filters: ['projectId'],
    begin: (db, actor, { organizationId, filters }) => accessScope(db, actor, { organizationId, projectId: filters.projectId }),
    async rows(db, { context, position, limit }) {
      const { entries, position: places } = await accessEntriesBehind(db, { ...(context as AccessScope), position, limit });
      return { rows: entries, position: places.at(-1), isEnd: entries.length < limit };
    },
  },
  USAGE: {
    permissions: [['usage', 'read']],
    columns: [
      ...['day', 'meter', 'unit', 'projectId', 'memberId', 'apiKeyId', 'resources', 'quantity', 'cost', 'currency', 'events', 'lastAt'],
    ],
    filters: ['projectId', 'since', 'before'],
    begin: (_db, actor, about) => beginUsageExport(actor, about),
    rows: usageRows,
  },
};
