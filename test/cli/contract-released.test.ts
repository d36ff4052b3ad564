import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type ComparedContract, surfaceChanges } from '../../cli/contract/compare.ts';
import { lintContract } from '../../cli/contract/lint.ts';
import { compareWithReasons, releaseProblems } from '../../cli/contract/released.ts';

const checkout = new URL('../../', import.meta.url);

describe('The contract beside the last release', () => {
  type Operation = Record<string, unknown>;
  type Paths = Record<string, Record<string, Operation>>;
  const make = (): { paths: Paths } => ({
    paths: {
      '/v1/things': {
        post: {
          operationId: 'createThing',
          'x-permission': { resource: 'thing', action: 'create' },
          'x-further-permissions': ['role:<level>:assign'],
          'x-audit': ['thing.create'],
          responses: { '201': {}, '409': {}, default: {} },
        },
      },
    },
  });
  const changes = (edit: (operation: Operation, paths: Paths) => void): string[] => {
    const present = make();
    edit(present.paths['/v1/things']!['post']!, present.paths);
    return surfaceChanges(make() as ComparedContract, present as ComparedContract);
  };

  it('has changed nothing without a reason', async () => {
    expect(await releaseProblems(checkout)).to.deep.equal([]);
  });

  const cases: [string, (operation: Operation, paths: Paths) => void, string[]][] = [
    ['nothing', () => undefined, []],
    [
      'another permission',
      (operation) => Object.assign(operation, { 'x-permission': { resource: 'thing', action: 'update' } }),
      ['createThing asks for thing:update and not for thing:create'],
    ],
    ['no permission', (operation) => delete operation['x-permission'], ['createThing asks for nothing and not for thing:create']],
    [
      'a further permission less',
      (operation) => delete operation['x-further-permissions'],
      ['createThing also asks for role:<level>:assign no more'],
    ],
    [
      'another audit event',
      (operation) => Object.assign(operation, { 'x-audit': ['thing.made'] }),
      ['createThing records thing.made', 'createThing records thing.create no more'],
    ],
    [
      'another failure',
      (operation) => Object.assign(operation, { responses: { '201': {}, '429': {}, default: {} } }),
      ['createThing answers 429', 'createThing answers 409 no more'],
    ],
    [
      'another place',
      (_operation, paths) => {
        paths['/v1/items'] = paths['/v1/things']!;
        delete paths['/v1/things'];
      },
      ['createThing moves from POST /v1/things to POST /v1/items'],
    ],
    ['an operation less', (_operation, paths) => delete paths['/v1/things'], ['createThing is gone']],
    [
      'an operation more',
      (_operation, paths) => Object.assign(paths, { '/v1/new': { get: { operationId: 'getNew', responses: {} } } }),
      [],
    ],
  ];
  for (const [what, edit, found] of cases) {
    it(`names ${what}`, () => {
      expect(changes(edit)).to.deep.equal(found);
    });
  }

  it('asks for the reason of each change, and for the change of each reason', () => {
    expect(compareWithReasons(['a is gone'], [{ change: 'a is gone', reason: 'Nobody called it.' }])).to.deep.equal([]);
    expect(compareWithReasons(['a is gone'], [{ change: 'a is gone', reason: '' }])[0]).to.contain('Since the last release, a is gone.');
    expect(compareWithReasons([], [{ change: 'a is gone', reason: 'Nobody called it.' }])[0]).to.contain(
      'a change that is none: a is gone',
    );
  });
});

describe('The linter of the contract', () => {
  it('finds nothing, and would name what is wrong by its place and rule', async () => {
    const text = await readFile(new URL('openapi.yaml', checkout), 'utf8');
    expect(await lintContract(text, checkout)).to.deep.equal([]);
    const document = parse(text) as { paths: Record<string, Record<string, Record<string, unknown>>> };
    delete document.paths['/v1/me']!['get']!['summary'];
    const found = await lintContract(JSON.stringify(document), checkout);
    expect(found).to.have.lengthOf(1);
    expect(found[0]).to.match(/^openapi\.yaml #\/paths\/~1v1~1me\/get.*operation-summary/);
  }).timeout(60_000);
});
