import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KubeObject } from '../resource.ts';

/** The status of objects that no server keeps: one file for each, for people and scripts. */
export interface StatusFolder {
  /** The status that was written for this object; undefined when there is none. */
  read(object: KubeObject): Promise<unknown>;
  write(object: KubeObject, status: object): Promise<void>;
  remove(object: KubeObject): Promise<void>;
}

/** `status/Project.team-a.website.yaml` in a folder that is made when it is needed. */
export function statusFolder(folder: string): StatusFolder {
  const pathOf = ({ kind, metadata: { namespace, name } }: KubeObject): string =>
    join(folder, `${[kind, namespace, name].filter((part) => part !== undefined).join('.')}.yaml`);
  return {
    async read(object) {
      const text = await readFile(pathOf(object), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      try {
        const { metadata, status } = parse(text) as KubeObject;
        return metadata.uid === object.metadata.uid ? status : undefined;
      } catch {
        // A file that somebody changed by hand; the next status replaces it.
        return undefined;
      }
    },
    async write({ apiVersion, kind, metadata, ...rest }, status) {
      const { name, namespace, uid, generation } = metadata;
      const shown = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }), uid, generation }, status };
      const path = pathOf({ apiVersion, kind, metadata, ...rest });
      // It names people, as the data directory's other files do.
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        const file = await open(temporary, 'w', 0o600);
        await file.writeFile(stringify(shown)).finally(() => file.close());
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    remove: (object) => rm(pathOf(object), { force: true }),
  };
}
