import type { AccessChange } from '../access-plans/change-report.ts';
import { prefixes, toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** An event as the audit log would have it. */
export interface ManifestChange {
  readonly action: string;
  readonly target: string;
  readonly projectId?: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

interface Named {
  readonly manifests: readonly { readonly steps: readonly string[]; readonly changes: readonly ManifestChange[] }[];
  readonly access: AccessChange;
}

const ownSql = `
select id, 'role' as kind, title as name from roles where org_id = $1
union all select id, 'serviceAccount', name from service_accounts where org_id = $1 and id = any ($2)
union all select id, 'project', slug from projects where org_id = $1 and id = any ($3)`;
const othersSql = `
select id, 'user' as kind, coalesce(email, name, display_name) as name from users where id = any ($2)
union all select id, 'apiKey', name from api_keys where org_id = $1 and id = any ($3)
union all select id, 'serviceAccount', name from service_accounts where org_id = $1 and id = any ($4)
union all select id, 'project', slug from projects where org_id = $1 and id = any ($5)`;

interface NameRow {
  readonly id: string;
  readonly kind: 'role' | 'serviceAccount' | 'project' | 'user' | 'apiKey';
  readonly name: string | null;
}

/** Reads how people call what a plan names by ids: what the plan makes is read at once, and `of` reads the rest, when the plan is undone. */
export async function namesIn(db: Db, uuid: string, manifests: Named['manifests']) {
  const made = JSON.stringify(manifests);
  const own = await prepared<NameRow>(db, 'plan-own-names', ownSql, [uuid, uuidsIn(made, 'serviceAccount'), uuidsIn(made, 'project')]);
  return {
    async of(plan: Named): Promise<Record<string, string>> {
      const text = JSON.stringify(plan);
      const ids = (['user', 'apiKey', 'serviceAccount', 'project'] as const).map((kind) => uuidsIn(text, kind));
      const others = await prepared<NameRow>(db, 'plan-other-names', othersSql, [uuid, ...ids]);
      const names = [...own, ...others].flatMap(({ id, kind, name }) => (name === null ? [] : [[toId(kind, id), name] as const]));
      return Object.fromEntries(names.filter(([id]) => text.includes(id)).sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

const idsIn = (text: string, prefix: string): string[] => [
  ...new Set(text.match(new RegExp(`\\b${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}\\b`, 'g')) ?? []),
];

function uuidsIn(text: string, kind: NameRow['kind']): string[] {
  return idsIn(text, prefixes[kind]).map((id) => toUuid(kind, id));
}

/** The plan with `inv_new1` and the like in the place of ids that are made by it, which are others each time and name nothing when it is undone. */
export function withoutMadeIds<T extends object>(plan: T, changes: readonly ManifestChange[]): T {
  const made = changes.flatMap(({ action, target, after }) => (action.endsWith('.create') ? [target, ...grantsOf(after)] : []));
  let text = JSON.stringify(plan);
  const counts = new Map<string, number>();
  for (const id of new Set(made)) {
    const prefix = id.slice(0, id.indexOf('_'));
    const count = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, count);
    text = text.replaceAll(id, `${prefix}_new${count}`);
  }
  return JSON.parse(text) as T;
}

/** Grants that are made with something else. */
function grantsOf(after: ManifestChange['after']): string[] {
  return idsIn(JSON.stringify(after ?? {}), prefixes.grant);
}
