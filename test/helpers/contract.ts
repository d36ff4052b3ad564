import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

let json: string | undefined;

/** What openapi.yaml says, as a copy of the caller's own; the files of a process parse it once together. */
export function readContract(): unknown {
  json ??= JSON.stringify(parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')));
  return JSON.parse(json);
}
