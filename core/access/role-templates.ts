import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import { AlreadyExists, FailedPrecondition, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import { breaches, type Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { holdRoles } from './grants.ts';
import { checkOffer, type OrganizationOffer } from './invitation-offers.ts';
import { type OfferRow, offeredBy, type ProjectRole } from './invitation-rows.ts';

/** Roles in the organization and in its projects under a name, which invitations offer together. It gives nothing by itself. */
export interface RoleTemplate {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string;
  readonly roles: string[];
  readonly projectRoles: ProjectRole[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

interface RoleTemplateRow {
  org_id: string;
  id: string;
  name: string;
  description: string;
  version: string;
  offers: OfferRow[];
  created_at: Date;
  updated_at: Date;
}

interface Definition extends OrganizationOffer {
  readonly name: string;
  readonly description?: string | undefined;
}

interface RoleTemplateKey {
  readonly organizationId: string;
  readonly roleTemplateId: string;
}

/** How many times an organization writes its templates in a day (docs/limits.md). */
const changesPerDay = 500;

// A project that was deleted is named no more, as in invitations.
const offersSql = `(
  select coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'project_id', r.project_id) order by r.project_id nulls first, r.role), '[]')
  from role_template_roles r left join projects p on p.org_id = r.org_id and p.id = r.project_id
  where r.org_id = t.org_id and r.template_id = t.id and p.state is distinct from 'DELETED'
) as offers`;

function templateRows(db: Db, organizationId: string) {
  return db('role_templates as t')
    .where({ 't.org_id': toUuid('organization', organizationId) })
    .select('t.*', db.raw(offersSql));
}

function toRoleTemplate(row: RoleTemplateRow): RoleTemplate {
  return {
    id: toId('roleTemplate', row.id),
    organizationId: toId('organization', row.org_id),
    name: row.name,
    description: row.description,
    ...offeredBy(row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** The templates of the organization, oldest first. */
export async function listRoleTemplates(db: Db, input: { organizationId: string } & PageQuery): Promise<Page<RoleTemplate>> {
  const list = `role templates of ${input.organizationId}`;
  const page = readPage(input, list, uuidKey);
  const query = templateRows(db, input.organizationId)
    .orderBy('t.id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('t.id', '>', page.after);
  return toPage(await query, page, list, (row: RoleTemplateRow) => row.id, toRoleTemplate);
}

/** One template. Throws NotFound. */
export async function getRoleTemplate(db: Db, key: RoleTemplateKey): Promise<RoleTemplate> {
  return toRoleTemplate(await findRow(db, key));
}

/**
 * Defines a template. Its author need not be able to give what is in it: that is asked of those who use it. Throws FailedPrecondition where this kind of
 * organization has none, InvalidInput for what cannot be offered here, AlreadyExists for a name that is taken, and LimitExceeded.
 */
export async function createRoleTemplate(db: Db, actor: Actor, input: Definition & { organizationId: string }): Promise<RoleTemplate> {
  const { organizationId, name, description = '' } = input;
  const engine = await actor.engine({ organizationId });
  const atMost = maxTemplates(engine);
  await holdRoles(db, actor, { organizationId });
  const offers = await checkOffer(db, actor, engine, input);
  const org_id = toUuid('organization', organizationId);
  await refuseTooMany(db, org_id, atMost);
  await spendChange(db, organizationId);
  const roleTemplateId = newId('roleTemplate');
  const id = toUuid('roleTemplate', roleTemplateId);
  await named(name, () => db('role_templates').insert({ org_id, id, name, description }));
  await insertOffers(db, { org_id, id }, offers);
  const template = await getRoleTemplate(db, { organizationId, roleTemplateId });
  await record(db, actor, { organizationId, action: 'role-template.create', target: roleTemplateId, after: template });
  return template;
}

/** Says anew what a template is. Invitations that were made with it stay as they are. Throws as createRoleTemplate, and NotFound. */
export async function replaceRoleTemplate(
  db: Db,
  actor: Actor,
  input: Definition & RoleTemplateKey & { preconditions?: Preconditions | undefined },
): Promise<RoleTemplate> {
  const { organizationId, roleTemplateId, name, description = '' } = input;
  const row = await findRow(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(row.version));
  const engine = await actor.engine({ organizationId });
  maxTemplates(engine);
  await holdRoles(db, actor, { organizationId });
  const offers = await checkOffer(db, actor, engine, input);
  await spendChange(db, organizationId);
  const { org_id, id } = row;
  await named(name, () =>
    db('role_templates')
      .where({ org_id, id })
      .update({ name, description, ...nextVersion(db) }),
  );
  await db('role_template_roles').where({ org_id, template_id: id }).delete();
  await insertOffers(db, row, offers);
  const template = await getRoleTemplate(db, input);
  const change = { before: toRoleTemplate(row), after: template };
  await record(db, actor, { organizationId, action: 'role-template.update', target: roleTemplateId, ...change });
  return template;
}

/** Deletes a template. Invitations that were made with it stay as they are. Throws NotFound. */
export async function deleteRoleTemplate(
  db: Db,
  actor: Actor,
  input: RoleTemplateKey & { preconditions?: Preconditions | undefined },
): Promise<void> {
  const { organizationId, roleTemplateId } = input;
  const row = await findRow(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(row.version));
  await db('role_templates').where({ org_id: row.org_id, id: row.id }).delete();
  await record(db, actor, { organizationId, action: 'role-template.delete', target: roleTemplateId, before: toRoleTemplate(row) });
}

/** What a template offers, to whom it is named in a request. Throws InvalidInput for one that is not there, and for roles beside it. */
export async function readTemplate(
  db: Db,
  { organizationId, template, roles, projectRoles }: OrganizationOffer & { organizationId: string; template: string },
): Promise<OrganizationOffer> {
  const errors = Object.entries({ roles, projectRoles }).flatMap(([member, said]) =>
    said === undefined ? [] : [{ pointer: `#/${member}`, detail: 'must be left out where a template is named' }],
  );
  if (errors.length > 0) throw new InvalidInput('The template says the roles.', errors);
  const row: RoleTemplateRow | undefined = await templateRows(db, organizationId)
    .where({ 't.id': toUuid('roleTemplate', template) })
    .first();
  if (row) return offeredBy(row);
  const detail = 'must be the id of a role template of the organization';
  throw new InvalidInput('There is no such role template.', [{ pointer: '#/template', detail }]);
}

async function findRow(db: Db, { organizationId, roleTemplateId }: RoleTemplateKey): Promise<RoleTemplateRow> {
  const row: RoleTemplateRow | undefined = await templateRows(db, organizationId)
    .where({ 't.id': toUuid('roleTemplate', roleTemplateId) })
    .first();
  if (!row) throw new NotFound();
  return row;
}

/** How many an organization of this kind has at most. Throws FailedPrecondition where it has none. */
function maxTemplates({ blueprint }: Engine): number {
  if (blueprint!.roleTemplates) return blueprint!.roleTemplates.atMost;
  const detail = `An organization of this kind (${blueprint!.title}) has no role templates. Name the roles in each invitation.`;
  throw new FailedPrecondition('failed-precondition', detail);
}

async function insertOffers(db: Db, { org_id, id }: Pick<RoleTemplateRow, 'org_id' | 'id'>, offers: readonly OfferRow[]): Promise<void> {
  await db('role_template_roles').insert(offers.map((offer) => ({ org_id, template_id: id, ...offer })));
}

/** Under the lock of the organization, which the dispatcher holds. */
async function refuseTooMany(db: Db, org_id: string, atMost: number): Promise<void> {
  const [{ count }] = (await db('role_templates').where({ org_id }).count('* as count')) as [{ count: string }];
  if (Number(count) < atMost) return;
  throw new LimitExceeded(`An organization of this kind has ${atMost} role templates at most. Delete one.`, atMost, Number(count));
}

async function spendChange(db: Db, organizationId: string): Promise<void> {
  const refusal = `An organization writes its role templates ${changesPerDay} times in a day (UTC) at most.`;
  await spend(db, [{ kind: 'role-template-changes', subject: organizationId, amount: 1, limit: changesPerDay, refusal }]);
}

async function named<T>(name: string, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!breaches(error, 'role_templates_name')) throw error;
    const errors = [{ pointer: '#/name', detail: 'is the name of another role template' }];
    throw new AlreadyExists(`The organization has a role template ${JSON.stringify(name)} already.`, { errors }, { cause: error });
  }
}
