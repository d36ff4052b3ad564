import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** A role of an organization's own with the name by which manifests call it. */
export interface ExportedRole {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly tier: string;
  readonly permissions: readonly string[];
}

/** The roles that an organization has defined, oldest first. One that no manifest has named is called after its title. */
export async function exportRoles(db: Db, org_id: string): Promise<ExportedRole[]> {
  const rows: (Omit<ExportedRole, 'name'> & { manifest_name: string | null })[] = await db('roles').where({ org_id }).orderBy('id');
  const taken = new Set(rows.flatMap(({ manifest_name }) => manifest_name ?? []));
  return rows.map(({ id, manifest_name, title, description, tier, permissions }) => {
    const name = manifest_name ?? freeName(title, taken);
    taken.add(name);
    return { id: toId('role', id), name, title, description, tier, permissions };
  });
}

function freeName(title: string, taken: ReadonlySet<string>): string {
  const word = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 50);
  const base = word === '' ? 'role' : word;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  return name;
}
