import type { Actor } from '../authorization/decisions/actor.ts';
import { authorityOf, type Holder, type ShownHolder } from '../authorization/decisions/subjects.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { type KeyType, keyTypeName, scopesOf } from '../authorization/policy/key-types.ts';
import { isNetwork } from '../base/addresses.ts';
import { InvalidInput } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { readFutureInstant } from '../base/instants.ts';
import type { Db } from '../database/database.ts';
import type { KeyPlace } from './api-key-rows.ts';
import { findAccount } from './grant-subjects.ts';

// What a request says about a key, read by what the kind of organization says about its kinds of key. Every function throws InvalidInput.

/** The kinds of key of a blueprint. One that was put into force before kinds said what they carry has none. */
function keyTypesOf({ keyTypes }: Blueprint): KeyType[] {
  return keyTypes.filter(({ scopes }) => scopes !== undefined);
}

/** The kind of key that is asked for, or the only one that is made in such a place. */
export function readType(blueprint: Blueprint, name: string | undefined, { projectId }: KeyPlace): KeyType {
  const level = projectId === undefined ? 'org' : 'project';
  const here = keyTypesOf(blueprint).filter(({ levels }) => levels.includes(level));
  const [only, ...others] = here;
  const found = name === undefined && others.length === 0 ? only : here.find((type) => keyTypeName(type) === name);
  if (found) return found;
  const names = here.map(keyTypeName);
  if (names.length === 0)
    throw new InvalidInput('There are no API keys in a place like this one.', [
      { pointer: '#/type', detail: 'is made nowhere in a place like this one' },
    ]);
  const choices = `one of ${names.join(', ')}`;
  if (name === undefined)
    throw new InvalidInput('Say which kind of API key it is to be.', [
      { pointer: '#/type', detail: `is required here, where there are several: ${choices}` },
    ]);
  throw new InvalidInput('There is no such kind of API key here.', [{ pointer: '#/type', detail: `must be ${choices}` }]);
}

/** Whose authority the key is to have: the caller's, or that of a service account that is at home here. */
export async function findOwner(
  db: Db,
  actor: Actor,
  { type, place, asked }: { type: KeyType; place: KeyPlace; asked: ShownHolder | undefined },
): Promise<Holder> {
  const own = authorityOf(actor.principal.subject);
  const owners = type.owners ?? ['user', 'service-account'];
  if (asked !== undefined && asked.id !== own?.id) {
    if (owners.includes('service-account')) return accountNamed(db, place, asked);
    throw refusal('must be yourself: a key of this type has no other owner');
  }
  if (!own || !owners.includes(own.type))
    throw refusal(`must be a service account: a key of the type ${keyTypeName(type)} has no other owner`);
  if (own.type === 'user' && !(await isMember(db, place, own)))
    throw refusal('must be a service account, because you are no member of the organization');
  return own;
}

function refusal(detail: string): InvalidInput {
  return new InvalidInput('The key cannot have this owner.', [{ pointer: '#/owner', detail }]);
}

async function isMember(db: Db, { organizationId }: KeyPlace, { uuid }: Holder): Promise<boolean> {
  const member = await db('members')
    .where({ org_id: toUuid('organization', organizationId), user_id: uuid })
    .whereNot({ state: 'REMOVED' })
    .first('user_id');
  return member !== undefined;
}

async function accountNamed(db: Db, place: KeyPlace, { type, id }: ShownHolder): Promise<Holder> {
  if (type === 'USER' || !id.startsWith('svc_'))
    throw refusal('must be yourself or a service account: nobody makes a key of somebody else');
  const uuid = await findAccount(db, place, id);
  if (uuid === undefined) throw refusal('must be a service account of this place');
  return { type: 'service-account', id, uuid };
}

/** The scopes to keep; null where the kind of key carries the authority of its owner. Where some can be chosen, none is none. */
function readScopes(type: KeyType, asked: readonly string[] | undefined): string[] | null {
  const known = scopesOf(type);
  const refuse = (detail: string) => new InvalidInput('The key cannot have these scopes.', [{ pointer: '#/scopes', detail }]);
  if (known === undefined) {
    if (asked !== undefined) throw refuse(`must be left out: a key of the type ${keyTypeName(type)} has the authority of its owner`);
    return null;
  }
  if (type.scopes !== 'owner' && 'fixed' in type.scopes) {
    if (asked !== undefined) throw refuse(`must be left out: every key of the type ${keyTypeName(type)} has ${known.join(', ')}`);
    return [...known];
  }
  if (asked?.some((scope) => !known.includes(scope))) throw refuse(`must be of ${known.join(', ')}`);
  return known.filter((scope) => asked?.includes(scope));
}

/** What every key has that is bound to a policy store, whatever its kind: the questions to one. */
const storeScopes = ['policy-store'];

/** The scopes to keep of a key that is bound to a policy store, or of one that is not, as readScopes. */
export function readBoundScopes(type: KeyType, isBound: boolean, asked: readonly string[] | undefined): string[] | null {
  if (!isBound) return readScopes(type, asked);
  if (asked === undefined) return [...storeScopes];
  const detail = 'must be left out: a key that is bound to a policy store asks it, and does nothing else';
  throw new InvalidInput('The key cannot have these scopes.', [{ pointer: '#/scopes', detail }]);
}

/** The policy store (uuid) of this place that a key is to be bound to; null where none is asked for. Throws for one that the caller may not read too. */
export async function readStore(
  db: Db,
  actor: Actor,
  { organizationId, projectId }: KeyPlace,
  asked: string | undefined,
): Promise<string | null> {
  if (asked === undefined) return null;
  const readable = (project: string) => ['policy-store', 'read', { organizationId, projectId: project }] as const;
  if (projectId !== undefined) await actor.require(...readable(projectId));
  const id = toUuid('policyStore', asked);
  const row: { project_id: string } | undefined = await db('policy_stores')
    .where({ org_id: toUuid('organization', organizationId), id })
    .first('project_id');
  const project = row && toId('project', row.project_id);
  const isHere = project !== undefined && (projectId ?? project) === project;
  if (isHere && (projectId !== undefined || (await actor.may(...readable(project))).allowed)) return id;
  const detail = `must be a policy store of this ${projectId === undefined ? 'organization' : 'project'}`;
  throw new InvalidInput('The key cannot be bound to this policy store.', [{ pointer: '#/policyStoreId', detail }]);
}

/** When the key ends; after the longest time that its kind may live, where it has one and none is asked for. */
export function readEnd(type: KeyType, expiresAt: string | undefined): Date | null {
  const { maxAgeDays } = type;
  const latest = maxAgeDays === undefined ? null : new Date(Date.now() + maxAgeDays * 86_400_000);
  if (expiresAt === undefined) return latest;
  const end = readFutureInstant(expiresAt, { pointer: '#/expiresAt' }, 'A key ends in the future.');
  if (latest === null || end <= latest) return end;
  const detail = `must be no later than ${latest.toISOString()}: a key of the type ${keyTypeName(type)} ends after ${maxAgeDays} days`;
  throw new InvalidInput('The key would live too long.', [{ pointer: '#/expiresAt', detail }]);
}

/** From where the key may be used, as the database writes networks; null: from anywhere. Bits behind the prefix do not count. */
export async function readAddresses(db: Db, asked: readonly string[] | undefined): Promise<string[] | null> {
  if (asked === undefined || asked.length === 0) return null;
  const errors = asked.flatMap((text, index) =>
    isNetwork(text)
      ? []
      : [{ pointer: `#/allowedAddresses/${index}`, detail: 'must be an address or a network such as 203.0.113.0/24 or 2001:db8::/32' }],
  );
  if (errors.length > 0) throw new InvalidInput('The key cannot be used from there.', errors);
  const sql = 'select n::text as network from (select distinct network(each::inet) as n from unnest(?::text[]) each) networks order by n';
  return ((await db.raw(sql, [[...asked]])).rows as { network: string }[]).map(({ network }) => network);
}
