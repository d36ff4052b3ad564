#!/usr/bin/env node
// Every Node.js must be able to read this file, so it has no import statement: an old one gets a sentence instead of a syntax error.
const least = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < least[0] || (major === least[0] && minor < least[1])) {
  console.error(
    `tenet: Tenet needs Node.js ${least.join('.')} or newer, and this is ${process.versions.node}. Install a newer one: https://nodejs.org`,
  );
  process.exitCode = 1;
} else {
  import('./run.js');
}
