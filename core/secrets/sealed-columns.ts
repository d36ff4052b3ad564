/** A column whose values are sealed; its name ends in `_sealed`. Rotation finds every sealed value by this list. */
export interface SealedColumn {
  readonly table: string;
  /** The columns that name a row besides org_id; each is text or a uuid. */
  readonly keys: readonly string[];
  readonly column: string;
  /** One sealed value (text), or an object of sealed values by field (jsonb). */
  readonly holds: 'VALUE' | 'OBJECT';
  /** The context of a value, as sealValue was given it; `field` is empty for a VALUE. */
  readonly context: (row: Readonly<Record<string, string>>, field: string) => string;
}

/** Every sealed column; a test compares the list with the catalog. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'resources', keys: ['id'], column: 'data_sealed', holds: 'OBJECT', context: ({ id }, field) => resourceContext(id!, field) },
  { table: 'webhooks', keys: ['id'], column: 'secret_sealed', holds: 'VALUE', context: ({ id }) => webhookContext(id!) },
  { table: 'webhooks', keys: ['id'], column: 'previous_secret_sealed', holds: 'VALUE', context: ({ id }) => webhookContext(id!) },
];

/** The context of a sensitive field of a resource, which is named by its native uuid. */
export function resourceContext(id: string, field: string): string {
  return `resource/${id}/${field}`;
}

/** The context of the secrets of a webhook: one moves from the one column to the other. */
export function webhookContext(id: string): string {
  return `webhook/${id}`;
}
