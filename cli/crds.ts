import { readFileSync } from 'node:fs';
import { packageRoot } from '../core/base/package-root.ts';

/** `tenet crds`: YAML for `kubectl apply --server-side -f -`. */
export function printCrds(): void {
  const read = (name: string): string => readFileSync(new URL(`k8s/crds/${name}.yaml`, packageRoot), 'utf8').trimEnd();
  console.log(['organizations', 'projects', 'policyrevisions'].map(read).join('\n---\n'));
}
