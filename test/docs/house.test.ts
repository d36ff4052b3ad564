import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { blueprintSchema } from '../../core/authorization/policy/blueprint.ts';
import { readContract } from '../helpers/contract.ts';
import { root } from './checkout.ts';
import { filesOf } from './files.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const generated = new Set(['api/contract/openapi.d.ts']);

describe('The house', () => {
  it('has no source file that is longer than 400 lines, and no test file longer than 600', () => {
    const long = (pattern: RegExp, limit: number): string[] =>
      filesOf(pattern).filter((path) => !generated.has(path) && read(path).split('\n').length - 1 > limit);
    expect(long(/^(api|core|controllers|cli|bench)\/.*\.ts$/, 400)).to.deep.equal([]);
    expect(long(/^test\/.*\.ts$/, 600)).to.deep.equal([]);
  });

  it('keeps each operation in the file of its tag', () => {
    const document = readContract() as {
      paths: Record<string, Record<string, { operationId?: string; tags?: string[] }>>;
    };
    const operationFiles = filesOf(/^api\/operations\/[a-z-]+\/[a-z-]+\.ts$/);
    const lost = Object.values(document.paths)
      .flatMap((item) => Object.values(item))
      .filter(({ operationId }) => operationId !== undefined)
      .filter(({ operationId, tags = [] }) => {
        const path = operationFiles.find((file) => file.endsWith(`/${kebab(tags[0] ?? '')}.ts`));
        return tags.length !== 1 || path === undefined || !new RegExp(`\\b${operationId}\\b`).test(read(path));
      });
    expect(lost.map(({ operationId }) => operationId)).to.deep.equal([]);
  });

  it('speaks of itself alone: no path of somebody’s machine, and no link that leads out', () => {
    const elsewhere = /(?<![\w.:/-])\/(home|Users|work|workspace)\/\w/;
    const named = filesOf(/\.(ts|js|md|json|ya?ml|sql|sh|csv|conf)$|^\.ci\//).filter((path) => elsewhere.test(read(path)));
    expect(named).to.deep.equal([]);
    const dead = filesOf(/\.md$/).flatMap((page) =>
      linksOf(read(page))
        .map((link) => resolve(root, dirname(page), link))
        .filter((target) => relative(root, target).startsWith('..') || !existsSync(target))
        .map((target) => `${page}: ${relative(root, target)}`),
    );
    expect(dead).to.deep.equal([]);
  });

  it('names in its pages no source file that is not there', () => {
    const sources = filesOf(/\.(ts|js)$/);
    const named = filesOf(/\.md$/)
      // What has been, and what readers write themselves.
      .filter((page) => page !== 'CHANGELOG.md' && page !== 'docs/clients.md')
      .flatMap((page) => [...read(page).matchAll(/`([\w./*-]+\.[tj]s)`/g)].map(([, path]) => ({ page, path: path! })));
    expect(named.length).to.be.greaterThan(150);
    const lost = named.filter(({ path }) => !sources.some((source) => endsAs(path).test(source)));
    expect(lost).to.deep.equal([]);
  });

  it('builds the file of every thread, which no import reaches', () => {
    const named = filesOf(/^(api|core|controllers|cli)\/.*\.ts$/).flatMap((path) =>
      [...read(path).matchAll(/\bthreadFile\('([\w-]+)'/g)].map(([, name]) => `${dirname(path)}/${name}.ts`),
    );
    expect(named).to.have.length.greaterThan(4);
    const entries = read('tsconfig.build.json');
    expect(named.filter((path) => !existsSync(join(root, path)) || !entries.includes(`"${path}"`))).to.deep.equal([]);
  });

  it('gives every kind of organization its three files', () => {
    const blueprints = filesOf(/^policies\/blueprints\/[^/]+\/blueprint\.yaml$/).map(dirname);
    expect(blueprints.length).to.be.greaterThan(0);
    for (const folder of blueprints) {
      expect(existsSync(join(root, folder, 'policy.csv')) && existsSync(join(root, folder, 'tests.yaml')), folder).to.equal(true);
      const { success, error } = blueprintSchema.safeParse(parse(read(`${folder}/blueprint.yaml`)));
      expect(success, `${folder}: ${error?.message}`).to.equal(true);
    }
  });
});

/** What a path that ends as a page has it is like; `*` stands for a part of a name. */
function endsAs(path: string): RegExp {
  const parts = path.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`(^|/)${parts.join('[^/]*')}$`);
}

/** AuditEvents is in audit-events.ts. */
function kebab(tag: string): string {
  return tag.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

/** Targets of the relative links of a page, without their fragments. */
function linksOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!.replace(/#.*$/, ''))
    .filter((link) => link !== '' && !/^[a-z]+:/.test(link));
}
