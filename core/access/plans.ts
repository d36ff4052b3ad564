import type { Actor } from '../authorization/decisions/actor.ts';
import { toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { type AffectedSubject, readAffected } from './affected.ts';
import { type AffectedPlace, readPlaces } from './affected-places.ts';
import { readTouched, type Touched } from './touched.ts';

/** What a request would do. */
export interface Plan {
  readonly operationId: string;
  readonly changes: { readonly total: number; readonly items: PlannedChange[] };
  readonly affected: { readonly total: number; readonly items: AffectedSubject[] };
  readonly places: AffectedPlace[];
  readonly mails: { readonly messages: number; readonly recipients: number };
}

/** An event as the audit log would have it; without an organization, in the log of the platform. */
export interface PlannedChange {
  readonly organizationId?: string;
  readonly action: string;
  readonly target: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** Items that a list of a plan shows at most (docs/limits.md). */
const most = 200;

/** What this transaction has done so far, and whom it has touched, out of its events, its mails and the rows that it wrote. Checks first what the commit would check. */
export async function readPlan(db: Db, actor: Actor, operationId: string): Promise<{ plan: Plan; touched: Touched }> {
  const { events, mails } = actor.effects;
  const changes = events.map(toChange);
  const organizations = [...new Set(changes.flatMap(({ organizationId }) => organizationId ?? []))];
  const uuids = organizations.map((id) => toUuid('organization', id));
  const [, touched] = await Promise.all([prepared(db, 'plan-constraints', 'set constraints all immediate', []), readTouched(db, uuids)]);
  const { subjects, total } = await readAffected(db, actor, { changes, touched: touched.organizations }, most);
  const plan = {
    operationId,
    changes: { total: changes.length, items: changes.slice(0, most) },
    affected: { total, items: subjects },
    places: await readPlaces(db, actor, changes, most),
    mails: { messages: mails.length, recipients: new Set(mails).size },
  };
  return { plan, touched };
}

function toChange({ organizationId, event, isDiscreet }: Actor['effects']['events'][number]): PlannedChange {
  const { action, target, before, after } = JSON.parse(event) as PlannedChange;
  if (isDiscreet) return { ...(organizationId !== undefined && { organizationId }), action, target };
  return {
    ...(organizationId !== undefined && { organizationId }),
    action,
    target,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}
