import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import type { Price, Program, ProgramVariable } from './program.ts';

/** An application of the catalogue. */
export interface CatalogItem {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly state: 'PUBLISHED' | 'WITHDRAWN';
  /** None: it costs nothing. */
  readonly prices: Price[];
  readonly trialDays?: number;
  /** The variables that are set where it is installed. */
  readonly environment: ProgramVariable[];
  /** For those who publish. */
  readonly program?: Program;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

/** The row of an application. */
export interface CatalogItemRow {
  id: string;
  name: string;
  category: string;
  description: string;
  state: CatalogItem['state'];
  prices: Price[];
  trial_days: number | null;
  environment: ProgramVariable[];
  program: Program;
  created_by: string;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The row as the API shows it: what runs is for those who publish. */
export function toCatalogItem(row: CatalogItemRow, { withProgram }: { withProgram: boolean }): CatalogItem {
  return {
    id: toId('catalogItem', row.id),
    name: row.name,
    category: row.category,
    description: row.description,
    state: row.state,
    prices: row.prices,
    ...(row.trial_days !== null && { trialDays: row.trial_days }),
    environment: row.environment,
    ...(withProgram && { program: row.program }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** The row of an application, locked when it is to be changed. Throws NotFound. */
export async function findCatalogItem(db: Db, itemId: string, { lock = false } = {}): Promise<CatalogItemRow> {
  const query = db('catalog_items').where({ id: toUuid('catalogItem', itemId) });
  const row: CatalogItemRow | undefined = await (lock ? query.forNoKeyUpdate() : query).first();
  if (!row) throw new NotFound();
  return row;
}
