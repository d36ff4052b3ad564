import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ConfigError, readConfig } from '../core/base/config.ts';
import { resetDataDirectory } from '../embedded-postgres/reset.ts';
import { UsageError } from './options.ts';

/** `tenet dev reset`: removes the embedded database and the local keys, so that the next start begins afresh. */
export async function devReset(options: { yes?: boolean }): Promise<void> {
  const config = readConfig(process.env);
  if (config.DATABASE_URL)
    throw new ConfigError(['DATABASE_URL is set, and a reset touches no database but the embedded one. Unset it to reset that one.']);
  const dataDir = resolve(config.TENET_DATA_DIR);
  if (!existsSync(dataDir)) {
    console.log(`There is nothing to reset: ${dataDir} does not exist.`);
    return;
  }
  if (!options.yes && !(await isConfirmed(dataDir))) {
    console.log('Nothing was changed.');
    return;
  }
  const { left = [] } = (await resetDataDirectory(dataDir)) ?? {};
  console.log(`${dataDir} is reset; the next \`npm start\` begins afresh.`);
  if (left.length > 0) console.log(`Tenet did not make these and has left them there: ${left.join(', ')}`);
}

async function isConfirmed(dataDir: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError(`This removes the database, the keys and the mails in ${dataDir}. Say --yes when that is wanted.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Remove the database, the keys and the mails in ${dataDir}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
