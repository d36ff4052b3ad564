import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const root = new URL('../../', import.meta.url);

/** What a file loads when it is loaded: every import of a file of ours that is not for types alone. What is imported by a call is loaded later. */
function loadedBy(file: URL): URL[] {
  const found = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from '(\.[^']+\.ts)';$/gm);
  return [...found].map(([, path]) => new URL(path!, file));
}

describe('a start without applications', () => {
  it('loads no module of what runs them', () => {
    const seen = new Set<string>();
    const waiting = [new URL('cli/serve.ts', root), new URL('api/main.ts', root)];
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      if (seen.has(file.href)) continue;
      seen.add(file.href);
      waiting.push(...loadedBy(file));
    }
    expect(seen.size).to.be.above(100);
    expect([...seen].filter((href) => href.startsWith(new URL('apps/', root).href))).to.deep.equal([]);
  });
});
