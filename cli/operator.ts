import { readConfig } from '../core/config.ts';
import { addPlatformRoles } from '../core/operators.ts';
import { withDatabase } from './database.ts';

/** `tenet operator add`. */
export async function addOperator(options: { issuer: string; subject: string; role: string[] }): Promise<void> {
  const { id } = await withDatabase(readConfig(process.env), (database) =>
    addPlatformRoles(database, { issuer: options.issuer, subject: options.subject }, options.role),
  );
  console.log(`${id} now holds ${options.role.join(', ')}.`);
}
