import { InvalidInput } from '../../core/base/errors.ts';
import type { KubeObject } from '../resources/resource.ts';
import type { PolicyRevisionObject } from '../resources/types.ts';

/** A ConfigMap. */
export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** Reads a ConfigMap of a namespace; nothing where there is none. */
export type ReadConfigMap = (namespace: string, name: string, signal: AbortSignal) => Promise<ConfigMap | undefined>;

/** A ConfigMap that a manifest names is not there; it may come. */
export class ConfigMapMissing extends Error {}

/** Bytes of all files of a manifest together, and files of it (docs/limits.md). */
export const mostBytes = 1_048_576;
const mostFiles = 200;

/** Files of a policy directory, by the scope that they are of; model.conf is of all. */
const filePattern =
  /^(?:model\.conf|(permissions\.yaml|platform\/(?:policy\.csv|tests\.yaml))|blueprints\/([a-z][a-z0-9-]{0,62})\/(?:policy\.csv|tests\.yaml|blueprint\.yaml))$/;

/** The files of a manifest, those of its ConfigMaps included. Throws InvalidInput, ConfigMapMissing. */
export async function readFiles(
  { metadata, spec }: PolicyRevisionObject,
  readConfigMap: ReadConfigMap,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const files = new Map<string, string>();
  const room = { bytes: mostBytes };
  const add = (file: string, text: string, pointer: string): void => {
    if (files.has(file)) throw wrong(pointer, `names the file ${file}, which is there already`);
    checkFile(file, spec!.scopes, pointer);
    room.bytes -= Buffer.byteLength(text);
    if (room.bytes < 0) throw wrong(pointer, `is too much: all files together have at most ${mostBytes} bytes`);
    files.set(file, text);
    if (files.size > mostFiles) throw wrong(pointer, `is too much: there are at most ${mostFiles} files`);
  };
  for (const [file, text] of Object.entries(spec!.files ?? {})) add(file, text, `#/files`);
  for (const [index, { configMapRef, folder }] of (spec!.filesFrom ?? []).entries()) {
    const pointer = `#/filesFrom/${index}`;
    const map = await readConfigMap(metadata.namespace!, configMapRef.name, signal);
    if (map === undefined)
      throw new ConfigMapMissing(`There is no ConfigMap ${configMapRef.name} in ${metadata.namespace}. It is waited for.`);
    if (Object.keys(map.binaryData ?? {}).length > 0)
      throw wrong(pointer, 'names a ConfigMap with binaryData; policy files are text in UTF-8');
    for (const [key, text] of Object.entries(map.data ?? {})) add(folder === undefined ? key : `${folder}/${key}`, text, pointer);
  }
  return Object.fromEntries(files);
}

function checkFile(file: string, scopes: readonly string[], pointer: string): void {
  const found = filePattern.exec(file);
  if (!found) throw wrong(pointer, `names ${file.slice(0, 200)}, which is no file of a policy directory`);
  const [, platform, blueprint] = found;
  const scope = platform !== undefined ? 'platform' : blueprint === undefined ? undefined : `blueprint.${blueprint}`;
  if (scope !== undefined && !scopes.includes(scope))
    throw wrong(pointer, `names ${file}, a file of ${scope}, which is not in spec.scopes`);
}

function wrong(pointer: string, detail: string): InvalidInput {
  return new InvalidInput('The files are not what they must be.', [{ pointer, detail }]);
}
