import { stopPostgres } from './postgres.ts';

/** Mocha's root hooks; files that need a database ask test/helpers/postgres.ts for one. */
export const mochaHooks = { afterAll: stopPostgres };
