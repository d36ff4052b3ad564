import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../core/base/counted.ts';
import { NotFound } from '../core/base/errors.ts';
import { makeDirectory } from '../core/base/make-directory.ts';
import { reasonOf } from '../core/base/reason.ts';
import { exportable } from '../core/manifests/export.ts';
import { exportPolicy, type PolicyBundle } from '../core/policies/bundle.ts';
import { readDatabase } from './database.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';

/** `tenet policy export`: model.conf and policy.csv of one organization for any Casbin, written to a directory; with -o json or yaml to the standard output instead. */
export async function exportBundle(organization: string, options: { to: string; output: Format }, out: Out = console.log): Promise<void> {
  const bundle = await readDatabase(async (db) => {
    const [id] = await exportable(db, organization).catch((error: unknown) => {
      if (!(error instanceof NotFound)) throw error;
      throw new UsageError(`There is no organization ${organization}: name one by its slug or id.`);
    });
    return exportPolicy(db, id!);
  });
  if (options.output === 'table') await writeFiles(bundle, options.to);
  print(options.output, out, bundle, () => linesOf(bundle, options.to));
}

/** Throws UsageError for a directory that cannot be written. */
async function writeFiles({ model, policy }: PolicyBundle, directory: string): Promise<void> {
  try {
    makeDirectory(directory, 0o777);
    await writeFile(join(directory, 'model.conf'), model);
    await writeFile(join(directory, 'policy.csv'), policy);
  } catch (error) {
    throw new UsageError(`--to ${directory} cannot be written (${reasonOf(error)}): name a directory that can.`, { cause: error });
  }
}

function linesOf({ organizationId, takenAt, until, rows, subjects, projects }: PolicyBundle, directory: string): string[] {
  return [
    `${join(directory, 'model.conf')} and policy.csv: what Tenet decides in ${organizationId} as of ${takenAt}, in ${counted(rows, 'row')} about ${subjects} people and service accounts and ${counted(projects, 'project')}.`,
    ...(until === undefined ? [] : [`Time changes an answer from ${until} on.`]),
    'The first lines of policy.csv say what is not in it.',
  ];
}
