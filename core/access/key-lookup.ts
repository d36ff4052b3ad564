import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../authorization/decisions/actor.ts';
import { inForce } from '../authorization/decisions/snapshot.ts';
import { type ApiKeySubject, holderOf, type KeyHome } from '../authorization/decisions/subjects.ts';
import { keyTypeName, type RateLimit } from '../authorization/policy/key-types.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { headsOf } from '../authorization/store/rollouts.ts';
import { type Networks, networksOf } from '../base/addresses.ts';
import { Unauthenticated } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import { isKeySecret, keySecretHash } from '../base/key-secret.ts';
import { type Database, prepared } from '../database/database.ts';

/** Whose key a secret is, and how often it may be used. */
export interface FoundKey {
  readonly subject: ApiKeySubject;
  /** Who calls with it from this network address. */
  from(address: string | undefined): Principal;
  /** Its organization (uuid). */
  readonly organization: string;
  /** Of its kind; undefined where that has none. */
  readonly limits: readonly RateLimit[] | undefined;
  /** From where it may be used; undefined where it is from anywhere. */
  readonly networks: Networks | undefined;
}

/** Finds out whose key a secret is. */
export interface KeyLookup {
  /** At once when it was looked up a moment ago. Throws or rejects with Unauthenticated. */
  find(secret: string): FoundKey | Promise<FoundKey>;
  /** Something has changed in this organization (uuid). */
  changed(organization: string): void;
  clear(): void;
}

interface KeyRow {
  org_id: string;
  id: string;
  user_id: string | null;
  service_account_id: string | null;
  version: number;
  type: string;
  project_id: string | null;
  policy_store_id: string | null;
  store_project: string | null;
  allowed_addresses: string[] | null;
  heads: string[];
}

const findSql = `
select k.org_id, k.id, k.user_id, k.service_account_id, x.version, k.type, k.project_id, k.policy_store_id, s.project_id as store_project,
  k.allowed_addresses::text[],
  ${headsOf()} as heads
from api_key_secrets x join api_keys k on k.org_id = x.org_id and k.id = x.key_id join organizations o on o.id = k.org_id
  left join policy_stores s on s.org_id = k.org_id and s.id = k.policy_store_id
where x.hash = $1 and k.state = 'ACTIVE' and (k.expires_at is null or k.expires_at > now()) and (x.until is null or x.until > now())`;

function networksIn({ allowed_addresses: list }: KeyRow): Networks | undefined {
  return list === null ? undefined : networksOf(list);
}

function storeIn({ org_id, policy_store_id, store_project }: KeyRow): Pick<KeyHome, 'store'> {
  if (policy_store_id === null) return {};
  const [organizationId, projectId] = [toId('organization', org_id), toId('project', store_project!)];
  return { store: { organizationId, projectId, policyStoreId: toId('policyStore', policy_store_id) } };
}

/** Most requests come from where the last one came from. */
function callersOf(subject: ApiKeySubject): FoundKey['from'] {
  let last: { address: string | undefined; principal: Principal } | undefined;
  return (address) => {
    if (last?.address !== address || last === undefined) {
      last = { address, principal: { subject: { ...subject, from: address }, issuedAt: Number.POSITIVE_INFINITY } };
    }
    return last.principal;
  };
}

/** Milliseconds for which it is remembered whose key it is, and how many are. */
const memory = { ttl: 30_000, max: 10_000 };

/**
 * What is remembered is which key a secret belongs to, and that never changes: whether the key still counts, and what for, is read with the role
 * set of each request; so is from where. What is said of its kind is remembered until the policy changes. Secrets are remembered by their hash alone.
 */
export function createKeyLookup(database: Database, policies: Pick<LivePolicies, 'get'>): KeyLookup {
  // The library would keep a timer for ages, which costs more than the rest of a look-up.
  const known = new LRUCache<string, { key: FoundKey; until: number }>({ max: memory.max });
  // Of each organization the hashes that are remembered.
  const hashes = new Map<string, Set<string>>();

  function remember(name: string, key: FoundKey): void {
    const { organization } = key;
    known.set(name, { key, until: Date.now() + memory.ttl });
    // A name too many is forgotten with the others of its organization.
    if (hashes.size > memory.max) clear();
    hashes.set(organization, (hashes.get(organization) ?? new Set()).add(name));
  }

  async function lookUp(secret: string, name: string): Promise<FoundKey> {
    const [row] = await database.read('platform', (db) => prepared<KeyRow>(db, 'find-key', findSql, [keySecretHash(secret)]));
    if (!row) throw new Unauthenticated('unknown-key');
    const project = row.project_id === null ? {} : { project: row.project_id };
    const home: KeyHome = { organization: row.org_id, ...project, owner: holderOf(row), ...storeIn(row) };
    const subject = { type: 'api-key', id: toId('apiKey', row.id), uuid: row.id, home, secret: row.version } as const;
    const key = { subject, from: callersOf(subject), organization: row.org_id, limits: await limitsOf(row), networks: networksIn(row) };
    remember(name, key);
    return key;
  }

  async function limitsOf({ type, heads }: KeyRow): Promise<readonly RateLimit[] | undefined> {
    const { blueprint } = (await policies.get(inForce(heads))).engine;
    return blueprint?.keyTypes.find((each) => keyTypeName(each) === type)?.rateLimits;
  }

  function clear(): void {
    known.clear();
    hashes.clear();
  }

  return {
    find(secret) {
      const name = hash('sha256', secret, 'base64');
      const found = known.get(name);
      if (found !== undefined && Date.now() < found.until) return found.key;
      // Before any look-up: what is mistyped, and what only looks like a key.
      if (!isKeySecret(secret)) throw new Unauthenticated('malformed-key');
      return lookUp(secret, name);
    },
    changed(organization) {
      for (const name of hashes.get(organization) ?? []) known.delete(name);
      hashes.delete(organization);
    },
    clear,
  };
}
