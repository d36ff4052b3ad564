import type { Knex } from 'knex';
import { type Actor, isSignedOut } from '../authorization/decisions/actor.ts';
import { toId } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { selectLabels } from '../database/label-selector.ts';
import { type Organization, type OrganizationRow, toOrganization } from './organizations.ts';

/** Which organizations of a list are wanted; without a state those that are not deleted. */
export interface OrganizationFilter {
  readonly slug?: string | undefined;
  readonly kind?: Organization['kind'] | undefined;
  readonly state?: Organization['state'] | undefined;
  readonly labelSelector?: string | undefined;
}

/** Keeps the rows of `organizations as o` that are wanted. */
export function filterOrganizations(query: Knex.QueryBuilder, { slug, kind, state, labelSelector }: OrganizationFilter): Knex.QueryBuilder {
  if (state === undefined) query.whereNot('o.state', 'DELETED');
  else query.where('o.state', state);
  // Of an erased person: nothing but the purge is left of it.
  if (state === 'DELETED') query.whereRaw('(o.personal_of is null or o.purging_since is null)');
  if (slug !== undefined) query.where('o.slug', slug);
  if (kind === 'PERSONAL') query.whereNotNull('o.personal_of');
  if (kind === 'SHARED') query.whereNull('o.personal_of');
  selectLabels(query, 'o.labels', labelSelector);
  return query;
}

/**
 * The organizations that the caller is an active member of and may read now, or all of them for a caller who may list all; oldest first. Deleted
 * ones are for the latter, who ask for them. A page may have fewer items than were asked for: a sign-in without the second factor that an
 * organization requires sees no more of it here than by its id.
 */
export async function listOrganizations(db: Db, actor: Actor, input: OrganizationFilter & PageQuery): Promise<Page<Organization>> {
  const list = JSON.stringify(['organizations', input.slug, input.kind, input.state, input.labelSelector]);
  const page = readPage(input, list, uuidKey);
  const all = (await actor.may('organization', 'list-all', {})).allowed;
  const query = filterOrganizations(db('organizations as o'), input)
    .select('o.*')
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  if (!all) query.whereIn('id', membershipsOf(db, actor)).whereNot({ state: 'DELETED' });
  const keyOf = (row: OrganizationRow) => row.id;
  if (all) return toPage(await query, page, list, keyOf, toOrganization);
  const found = toPage(await query, page, list, keyOf, (row: OrganizationRow) => row);
  const readable = await Promise.all(found.items.map((row) => mayRead(actor, toId('organization', row.id))));
  return { ...found, items: found.items.filter((_, index) => readable[index]).map(toOrganization) };
}

/** As getOrganization would be answered. */
async function mayRead(actor: Actor, organizationId: string): Promise<boolean> {
  if (isSignedOut(actor.principal, await actor.snapshot({ organizationId }))) return false;
  return (await actor.may('organization', 'read', { organizationId })).allowed;
}

function membershipsOf(db: Db, actor: Actor) {
  const { subject } = actor.principal;
  const user = subject.type === 'user' ? subject.uuid : null;
  return db('members').where({ user_id: user, state: 'ACTIVE' }).select('org_id');
}
