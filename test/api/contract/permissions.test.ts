import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { parameterIn } from '../../../api/contract/permission.ts';
import { type checkDocument, readOperations } from '../../../api/contract/rules.ts';
import { isAboutOne } from '../../../core/authorization/decisions/restricted.ts';

const read = (path: string) => parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')) as never;

/** `level resource:action`, as the policy is asked. */
type Question = string;

/** Questions that the operation itself asks beside its own: which of them, and on which level. */
const asked: Record<string, Question[]> = {
  listInstances: ['project instance:list'],
  listOrganizations: ['platform organization:list-all'],
  createExport: ['org audit-event:export'],
  addOperator: ['operator', 'auditor', 'policy-admin'].map((name) => `platform role:platform/${name}:assign`),
  removeOperator: ['operator', 'auditor', 'policy-admin'].map((name) => `platform role:platform/${name}:unassign`),
  evaluate: ['org decision:evaluate', 'project decision:evaluate'],
  searchSubjects: ['org decision:search', 'project decision:search'],
};

const manifests = new URL('../../../core/manifests/', import.meta.url);

/** What manifests ask on the platform, where no organization is given. Elsewhere they ask what operations ask. */
function askedByManifests(): Question[] {
  const sources = readdirSync(manifests).map((file) => readFileSync(new URL(file, manifests), 'utf8'));
  const questions = sources.flatMap((text) => [...text.matchAll(/actor\.require\('([a-z-]+)', '([a-z-]+)', \{\}\)/g)]);
  return questions.map(([, resource, action]) => `platform ${resource}:${action}`);
}

describe('the permissions of the contract and of the vocabulary', () => {
  const document = read('openapi.yaml') as Parameters<typeof checkDocument>[0];
  const vocabulary = read('policies/permissions.yaml') as { resources: Record<string, { actions: Record<string, string[]> }> };
  const operations = [...readOperations(document).values()];
  const known = new Set<Question>(
    Object.entries(vocabulary.resources).flatMap(([resource, { actions }]) =>
      Object.entries(actions).flatMap(([action, levels]) => levels.map((level) => `${level} ${resource}:${action}`)),
    ),
  );

  for (const { operationId, level, permission } of operations) {
    // What the path names is an object of a kind of organization.
    if (!permission || parameterIn(permission.resource) !== undefined) continue;
    it(`${operationId} asks for something that the vocabulary knows on the level of its path`, () => {
      expect([...known]).to.include(`${level} ${permission.resource}:${permission.action}`);
    });
  }

  it('actions on resources are asked about one or about the type, as previews of restrictions take it', () => {
    const ofResources = operations.filter(({ permission }) => permission?.resource === '{resourceType}');
    expect(ofResources).not.to.deep.equal([]);
    for (const { operationId, path, permission } of ofResources)
      expect(isAboutOne(permission!.action), operationId).to.equal(path.includes('{resourceId}'));
  });

  it('everything in the vocabulary is asked for by an operation or by a manifest', () => {
    const byOperations = operations.flatMap(({ operationId, level, permission }) => [
      ...(permission && parameterIn(permission.resource) === undefined ? [`${level} ${permission.resource}:${permission.action}`] : []),
      ...(asked[operationId] ?? []),
    ]);
    const used = [...byOperations, ...askedByManifests()];
    const unused = [...known].filter((question) => !used.includes(question));
    expect(unused).to.deep.equal([]);
  });
});
