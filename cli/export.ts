import { stringify } from 'yaml';
import { readConfig } from '../core/base/config.ts';
import { NotFound } from '../core/base/errors.ts';
import { exportable, exportOrganization } from '../core/manifests/export.ts';
import { withDatabase } from './database.ts';
import { UsageError } from './options.ts';

/** `tenet export`: manifests to the standard output, what they cannot say to the other one. */
export async function exportManifests(organization: string | undefined, { namespace }: { namespace: string }): Promise<void> {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw new UsageError(`--namespace must be the name of a namespace of Kubernetes, such as team-a; it is ${JSON.stringify(namespace)}.`);
  await withDatabase(readConfig(process.env), async (database) => {
    const ids = await database
      .read('platform', (db) => exportable(db, organization))
      .catch((error: unknown) => {
        if (!(error instanceof NotFound)) throw error;
        throw new UsageError(`There is no organization ${organization}: name one by its slug or id, or leave it out for all of them.`);
      });
    for (const id of ids) {
      const { manifests, leftOut } = await database.read('platform', (db) => exportOrganization(db, id, { namespace }));
      for (const manifest of manifests) process.stdout.write(`---\n${stringify(manifest)}`);
      for (const what of leftOut) console.error(`Left out of ${what}.`);
    }
  });
}
