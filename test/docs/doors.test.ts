import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { root } from './checkout.ts';

const refused: readonly [file: string, module: string, because: string][] = [
  ['core/x.ts', '../api/server.ts', 'imports no caller'],
  ['core/authorization/x.ts', '../../controllers/main.ts', 'imports no caller'],
  ['core/delivery/mail.ts', '../cli/main.ts', 'imports no caller'],
  ['api/x.ts', '../controllers/main.ts', 'never import each other'],
  ['controllers/x.ts', '../api/problem.ts', 'never import each other'],
  ['controllers/runtime/x.ts', '../../api/http/problem.ts', 'never import each other'],
  ['api/operations/access/x.ts', './members.ts', 'Operations never import each other'],
  ['api/operations/access/x.ts', 'knex', 'SQL belongs into core'],
  ['api/x.ts', 'pg', 'SQL belongs into core'],
  ['controllers/x.ts', 'knex', 'SQL belongs into core'],
  ['api/http/server.ts', 'openapi-backend', 'api/contract/contract.ts'],
  ['core/x.ts', 'jose', 'check or sign tokens'],
  ['api/http/server.ts', 'jose', 'check or sign tokens'],
  ['core/x.ts', 'casbin', 'core/authorization'],
  ['api/x.ts', 'casbin', 'core/authorization'],
  ['cli/x.ts', 'casbin', 'core/authorization'],
  ['core/x.ts', 'casbin-pg-adapter', 'core/authorization'],
  ['core/x.ts', '@kubernetes/client-node', 'controllers/'],
  ['api/x.ts', '@kubernetes/client-node', 'controllers/'],
  ['core/x.ts', 'nodemailer', 'core/delivery/mail.ts'],
  ['core/x.ts', 'graphile-worker', 'core/jobs/runner.ts'],
];

const admitted: readonly [file: string, module: string][] = [
  ['core/authorization/x.ts', 'casbin'],
  ['core/x.ts', 'knex'],
  ['core/delivery/mail.ts', 'nodemailer'],
  ['core/jobs/runner.ts', 'graphile-worker'],
  ['core/base/keyring.ts', 'jose'],
  ['api/contract/contract.ts', 'openapi-backend'],
  ['api/authentication/authenticate.ts', 'jose'],
  ['api/operations/access/x.ts', '../../../core/access/members.ts'],
  ['api/operations/access/x.ts', '../services.ts'],
  ['api/operations/index.ts', './access/members.ts'],
  ['controllers/kube/x.ts', '@kubernetes/client-node'],
  ['cli/x.ts', '../api/main.ts'],
];

/** The messages about imports, by file, for one import in each of these files under the linter's configuration of this checkout. */
function lint(imports: readonly (readonly [string, string, ...unknown[]])[]): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-doors-'));
  try {
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    copyFileSync(join(root, '.gitignore'), join(folder, '.gitignore'));
    for (const [file, module] of imports) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `import '${module}';\n`);
    }
    const biome = join(root, 'node_modules/.bin/biome');
    const { stdout } = spawnSync(biome, ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string | { file: string } }; message: unknown }[] };
    return new Map(
      diagnostics.map(({ location, ...rest }) => [
        typeof location.path === 'string' ? location.path : location.path.file,
        JSON.stringify(rest),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('Imports', () => {
  for (const [file, module, because] of refused) {
    it(`${module} is refused in ${file}, with the reason`, () => {
      expect(lint([[file, module]]).get(file)).to.contain(because);
    });
  }

  it('go one way and through the doors', () => {
    for (const [file, module] of admitted) expect([...lint([[file, module]])], `${module} in ${file}`).to.deep.equal([]);
  });
});
