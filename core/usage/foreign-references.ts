import type { InputError } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import { type CheckedEvent, refuseEvents } from './event-checks.ts';

// Those who have left, and projects that are deleted, have used what they used. Keys of purged projects are not known any more.
const knownSql = `
select id from projects where org_id = ? and id = any(?::uuid[])
union all select user_id from members where org_id = ? and user_id = any(?::uuid[])
union all select user_id from grants where org_id = ? and user_id = any(?::uuid[])
union all select id from api_keys where org_id = ? and id = any(?::uuid[])`;

/** Throws InvalidInput where an event names a project, a person or a key that is not of this organization. */
export async function refuseUnknown(db: Db, org: string, events: readonly CheckedEvent[]): Promise<void> {
  const named = (of: (event: CheckedEvent) => string | undefined) => [...new Set(events.map(of))].filter((id) => id !== undefined);
  const ids = [named(({ project }) => project), named(({ user }) => user), named(({ apiKey }) => apiKey)];
  if (ids.flat().length === 0) return;
  const [projects, users, keys] = ids;
  const { rows } = await db.raw(knownSql, [org, projects!, org, users!, org, users!, org, keys!]);
  const known = new Set((rows as { id: string }[]).map(({ id }) => id));
  const errors = events.flatMap(({ place, project, user, apiKey }): InputError[] => {
    const unknown = (id: string | undefined) => id !== undefined && !known.has(id);
    const report = (member: string, what: string) => ({
      pointer: `#/events/${place}/${member}`,
      detail: `must be ${what} of this organization`,
    });
    return [
      ...(unknown(project) ? [report('projectId', 'a project')] : []),
      ...(unknown(user) ? [report('memberId', 'a member, or a person with a role in a project,')] : []),
      ...(unknown(apiKey) ? [report('apiKeyId', 'an API key')] : []),
    ];
  });
  refuseEvents(errors);
}
