import { readFileSync } from 'node:fs';
import { packageRoot } from '../core/base/package-root.ts';

/** The version of this package. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { version: string };
  return version;
}
