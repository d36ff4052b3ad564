/** The folder of package.json, openapi.yaml, migrations/ and k8s/: one up from this source, two up from its build in dist/core. */
export const packageRoot = new URL(new URL(import.meta.url).pathname.endsWith('.ts') ? '../' : '../../', import.meta.url);
