/**
 * The name of a policy scope as everybody outside reads and writes it: `platform`, `blueprint.integrations`, `org_...`. What is stored, and
 * covered by the digests of revisions, is `blueprint/integrations`; but a slash inside of a path segment dies behind proxies that decode it.
 */
export function scopeName(stored: string): string {
  return stored.replace(/^blueprint\//, 'blueprint.');
}

/** The stored scope that has this name. */
export function storedScope(name: string): string {
  return name.replace(/^blueprint\./, 'blueprint/');
}

/** The stored scope of a kind of organization. */
export function blueprintScope(name: string): string {
  return `blueprint/${name}`;
}
