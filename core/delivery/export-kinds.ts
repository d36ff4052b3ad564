import { type AccessScope, accessEntriesBehind, accessScope } from '../access/access-report.ts';
import { type AuditEventRow, type EventFilters, eventsIn, toAuditEvents } from '../audit/events.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { beginUsageExport, usageRows } from '../usage/usage-export.ts';
import { organizationKind } from './organization-export.ts';

/** Names of what can be exported. */
export type ExportKindName = 'AUDIT_EVENTS' | 'ACCESS_REPORT' | 'USAGE' | 'ORGANIZATION';

/** What an export is narrowed down by. */
export type ExportFilters = { readonly [Name in keyof EventFilters]?: Exclude<EventFilters[Name], undefined> };

/** A part of what is exported, in its order. */
export interface ExportSlice {
  readonly rows: readonly object[];
  /** The sort key of the last of them. */
  readonly position?: string | undefined;
  readonly isEnd: boolean;
}

/** Rows of one sort. */
export interface ExportRows {
  /** The columns of CSV: members of a row, or members of members by `a.b`. */
  readonly columns: readonly string[];
  /** The rows behind a position, at most `limit`. */
  rows(db: Db, about: ExportPart): Promise<ExportSlice>;
}

interface KindBase {
  /** What is asked for besides the export itself, when it is begun, with each chunk and at each download. */
  readonly permissions: readonly (readonly [resource: string, action: string])[];
  /** The filters that it takes. */
  readonly filters: readonly (keyof ExportFilters)[];
  /** What is known only while the caller is there: kept with the export, as JSON. */
  begin(db: Db, actor: Actor, about: { organizationId: string; filters: ExportFilters }): Promise<object>;
}

/** One file of rows. */
export interface FileKind extends KindBase, ExportRows {}

/** A file for each part, in one archive. */
export interface ArchiveKind extends KindBase {
  parts(context: object): Readonly<Record<string, ExportRows>>;
  /** What was not exported, because who asked for it may not read it. */
  leftOut(context: object): readonly string[];
  /** Something that was exported and that this caller may not read; asked with each chunk and at each download too. */
  lost(db: Db, actor: Actor, about: { organizationId: string; context: object }): Promise<string | undefined>;
}

/** The kinds of one file each. */
export type FileKinds = Readonly<Record<'AUDIT_EVENTS' | 'ACCESS_REPORT' | 'USAGE', FileKind>>;

/** Something that can be exported. A further one is an entry of the table below and a value of ExportKind in the contract. */
export type ExportKind = FileKind | ArchiveKind;

/** Which rows are wanted next. */
export interface ExportPart {
  readonly org: string;
  /** Who has asked for them, as they are now. */
  readonly actor: Actor;
  readonly filters: ExportFilters;
  /** What `begin` has returned. */
  readonly context: object;
  readonly position: string | null;
  readonly limit: number;
}

const files: FileKinds = {
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

/** Everything that can be exported. */
export const exportKinds: Readonly<Record<ExportKindName, ExportKind>> = { ...files, ORGANIZATION: organizationKind(files) };
