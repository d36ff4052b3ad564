import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import { makeDirectory } from '../../core/base/make-directory.ts';
import type { Condition, ConditionInput } from '../resources/conditions.ts';
import type { KubeObject } from '../resources/resource.ts';
import type { RefusedFile } from './validated-directory.ts';

/** The status of objects and files that no server keeps: one file for each, for people and scripts. */
export interface StatusFolder {
  /** The status that was written for this object; undefined when there is none. */
  read(object: KubeObject): Promise<unknown>;
  write(object: KubeObject, status: object): Promise<void>;
  remove(object: KubeObject): Promise<void>;
  /** Tells of these refused manifest files, and no longer of any other. */
  tellRefused(refused: readonly RefusedFile[]): Promise<void>;
}

/** `Project.team-a.website.yaml` and `refused.team-a%2Fwebsite.yaml.yaml` in a folder that is made when it is needed. */
export function statusFolder(folder: string): StatusFolder {
  const pathOf = ({ kind, metadata: { namespace, name } }: KubeObject): string =>
    join(folder, `${[kind, namespace, name].filter((part) => part !== undefined).join('.')}.yaml`);
  return {
    async read(object) {
      const { metadata, status } = ((await contentOf(pathOf(object))) ?? {}) as Partial<KubeObject>;
      return metadata?.uid === object.metadata.uid ? status : undefined;
    },
    async write({ apiVersion, kind, metadata, ...rest }, status) {
      const { name, namespace, uid, generation } = metadata;
      const shown = { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }), uid, generation }, status };
      await replace(folder, pathOf({ apiVersion, kind, metadata, ...rest }), shown);
    },
    remove: (object) => rm(pathOf(object), { force: true }),
    async tellRefused(refused) {
      const wanted = new Map(refused.map((one) => [nameOfRefused(one.file), one]));
      const present = (await readdir(folder).catch(() => [])).filter((name) => /^refused\..*\.yaml$/.test(name));
      for (const name of present) if (!wanted.has(name)) await rm(join(folder, name), { force: true });
      for (const [name, { file, problems }] of wanted) {
        const path = join(folder, name);
        const before = (await contentOf(path)) as { status?: { conditions?: readonly Partial<Condition>[] } } | undefined;
        // Both conditions are there for as long as the file is.
        const lastTransitionTime = before?.status?.conditions?.[0]?.lastTransitionTime ?? `${new Date().toISOString().slice(0, 19)}Z`;
        const conditions = refusal.map((condition) => ({ ...condition, lastTransitionTime }));
        const shown = { file, status: { conditions, problems } };
        if (!isDeepStrictEqual(shown, before)) await replace(folder, path, shown);
      }
    },
  };
}

const message = 'The file is refused; what it held before stays as it is.';
const refusal: readonly ConditionInput[] = [
  { type: 'Ready', status: 'False', reason: 'FileRefused', message },
  { type: 'Stalled', status: 'True', reason: 'FileRefused', message },
];

/** No kind begins with a small letter, so no object's file has this name. A path that is too long for a name is shortened to its hash. */
function nameOfRefused(file: string): string {
  const encoded = encodeURIComponent(file);
  const hash = createHash('sha256').update(file).digest('hex').slice(0, 32);
  return `refused.${encoded.length <= 200 ? encoded : `${encoded.slice(0, 160)}~~${hash}`}.yaml`;
}

/** Undefined when there is no such file, or when somebody changed it by hand into what cannot be read; the next status replaces it. */
async function contentOf(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A reader of the file sees the old content or the new one, never a part. */
async function replace(folder: string, path: string, content: object): Promise<void> {
  // It names people, as the data directory's other files do.
  makeDirectory(folder);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o600);
    await file.writeFile(stringify(content)).finally(() => file.close());
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
