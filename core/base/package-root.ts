/** The folder of package.json, openapi.yaml, migrations/ and k8s/: two up from this source, three up from its build in dist/core/base. */
export const packageRoot = new URL(new URL(import.meta.url).pathname.endsWith('.ts') ? '../../' : '../../../', import.meta.url);
