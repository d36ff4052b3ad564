#!/usr/bin/env node
// In a checkout the TypeScript sources run as they are; an image or a package holds only their build in dist/.
import { existsSync } from 'node:fs';

const source = new URL('../cli/main.ts', import.meta.url);
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  // Stack traces name the lines of the sources.
  process.setSourceMapsEnabled(true);
  await import(new URL('../dist/cli/main.js', import.meta.url).href);
}
