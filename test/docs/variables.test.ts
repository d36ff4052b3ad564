import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { variables } from '../../core/base/config.ts';
import { root } from './checkout.ts';
import { filesOf } from './files.ts';

describe('A variable that a page or an example names', () => {
  it('is one that Tenet has: another one keeps every command of that shell from starting', () => {
    const foreign = filesOf(/^([A-Z]+\.md|docs\/.*|examples\/.*|k8s\/.*|policies\/.*\.md|migrations\/.*\.md|Dockerfile)$/)
      .filter((path) => /\.\w+$|Dockerfile$/.test(path))
      .flatMap((path) => {
        const names = readFileSync(join(root, path), 'utf8').match(/\bTENET_[A-Z_]*[A-Z]/g) ?? [];
        return names.filter((name) => !name.startsWith('TENET_TEST_') && !Object.hasOwn(variables, name)).map((name) => `${path}: ${name}`);
      });
    expect(foreign).to.deep.equal([]);
  });
});
