import type { Knex } from 'knex';
import type { Actor } from '../authorization/decisions/actor.ts';
import { keyTypeName } from '../authorization/policy/key-types.ts';
import { type ApiKey, type ApiKeyRow, type KeyPlace, toApiKey, withLeaverSql } from './api-key-rows.ts';

/** Why a key should have a new secret: its secret is old, or a person has seen it who is no active member any more. */
export type RotationReason = 'AGE' | 'LEAVER';

/** A key, with what asks for a new secret of it now. */
export interface ListedApiKey extends ApiKey {
  readonly rotationDue?: RotationReason[];
}

/** By kind of key: after how many days a secret is old. A kind that is not here says nothing about it. */
export type MaxAges = ReadonlyMap<string, number>;

/** What the kind of organization says now. */
export async function readMaxAges(actor: Actor, place: KeyPlace): Promise<MaxAges> {
  const { blueprint } = await actor.engine(place);
  const ages = blueprint!.keyTypes.map((type) => [keyTypeName(type), type.rotateAfterDays] as const);
  return new Map(ages.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

const day = 86_400_000;

/** The row as the API shows it. What time or people bring about is in no event, so those have the key without it. */
export function withRotation(row: ApiKeyRow, ages: MaxAges): ListedApiKey {
  const key = toApiKey(row);
  const present = row.secrets[0];
  if (key.state !== 'ACTIVE' || present === undefined) return key;
  const days = ages.get(row.type);
  const isOld = days !== undefined && present.createdAt <= Date.now() - days * day;
  const reasons: RotationReason[] = [...(isOld ? ['AGE' as const] : []), ...(present.isWithLeaver ? ['LEAVER' as const] : [])];
  return reasons.length === 0 ? key : { ...key, rotationDue: reasons };
}

/** Keeps the keys `k` whose present secret should be replaced for this reason. */
export function whereRotationDue(query: Knex.QueryBuilder, reason: RotationReason, ages: MaxAges): void {
  query.whereRaw("k.state = 'ACTIVE' and (k.expires_at is null or k.expires_at > now())");
  const present = 'select from api_key_secrets x where x.org_id = k.org_id and x.key_id = k.id and x.until is null';
  if (reason === 'LEAVER') query.whereRaw(`exists (${present} and ${withLeaverSql})`);
  else {
    const days = JSON.stringify(Object.fromEntries(ages));
    query.whereRaw(`exists (${present} and x.created_at <= now() - (?::jsonb ->> k.type)::int * interval '1 day')`, [days]);
  }
}
