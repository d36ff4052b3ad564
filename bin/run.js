// An image or a package holds only the build in dist/. In a checkout it runs while nothing has changed since `npm run build`, because it starts
// three times as fast; otherwise the TypeScript sources run as they are.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = new URL('../cli/main.ts', import.meta.url);

async function buildIsFresh() {
  const state = await import('./build-state.js');
  return state.buildIsFresh(fileURLToPath(new URL('..', import.meta.url)));
}

if (existsSync(source) && !(await buildIsFresh())) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  // Stack traces name the lines of the sources.
  process.setSourceMapsEnabled(true);
  await import(new URL('../dist/cli/main.js', import.meta.url).href);
}
