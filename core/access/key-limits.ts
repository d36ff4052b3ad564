import type { Actor } from '../authorization/decisions/actor.ts';
import { anyProjectOf, domainOf } from '../authorization/policy/domain.ts';
import { InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { KeyPlace } from './api-key-rows.ts';

/** What narrows a key. */
export interface KeyLimits {
  readonly scopes: readonly string[] | null;
  readonly expires_at: Date | null;
  readonly allowed_addresses: readonly string[] | null;
}

/**
 * A caller with a key makes, changes and renews only keys that are limited at least as much as that key is: otherwise a narrow key could make
 * itself a wide one. Throws InvalidInput.
 */
export async function requireWithinCaller(db: Db, actor: Actor, place: KeyPlace, wanted: KeyLimits): Promise<void> {
  const { subject } = actor.principal;
  if (subject.type !== 'api-key') return;
  const own: KeyLimits | undefined = await db('api_keys')
    .where({ org_id: toUuid('organization', place.organizationId), id: subject.uuid })
    .first('scopes', 'expires_at', 'allowed_addresses');
  const refuse = (pointer: string, detail: string) =>
    new InvalidInput('The key would be less limited than the one that asks for it.', [{ pointer, detail }]);
  if (!own) throw refuse('#', 'must be asked for with a key of this organization');
  if (own.expires_at && (!wanted.expires_at || wanted.expires_at > own.expires_at)) {
    throw refuse('#/expiresAt', 'must be no later than the end of the key that asks');
  }
  if (own.allowed_addresses && !(await surrounds(db, own.allowed_addresses, wanted.allowed_addresses))) {
    throw refuse('#/allowedAddresses', 'must be within the networks from which the key that asks may be used');
  }
  if (own.scopes && !(await covers(actor, place, own.scopes, wanted.scopes))) {
    throw refuse('#/scopes', 'must allow nothing that the scopes of the key that asks do not');
  }
}

/** Whether each wanted network is within one of its own. */
async function surrounds(db: Db, own: readonly string[], wanted: readonly string[] | null): Promise<boolean> {
  if (wanted === null) return false;
  const sql = 'select coalesce(bool_and(each::inet <<= any (?::cidr[])), true) as within from unnest(?::text[]) each';
  return ((await db.raw(sql, [[...own], [...wanted]])).rows as { within: boolean }[])[0]!.within;
}

/** Whether everything that some scopes allow is allowed by others too: verdicts are compared, not names. */
async function covers(actor: Actor, place: KeyPlace, own: readonly string[], wanted: readonly string[] | null): Promise<boolean> {
  if (wanted === null) return false;
  const engine = await actor.engine(place);
  const rolesOf = (scopes: readonly string[]) => engine.roleSet(scopes.map((scope) => `scope/${scope}`));
  const [wide, narrow] = [rolesOf(own), rolesOf(wanted)];
  const { organizationId } = place;
  return [domainOf({ organizationId }), anyProjectOf({ organizationId })].every((domain) =>
    engine
      .permissions(domain.level)
      .every(
        (asked) => !engine.decide({ roles: narrow, domain, ...asked }).allowed || engine.decide({ roles: wide, domain, ...asked }).allowed,
      ),
  );
}
