import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type checkDocument, readOperations } from '../../../api/contract/rules.ts';

const read = (path: string) => parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')) as never;

/** `level resource:action`, as the policy is asked. */
type Question = string;

/** Questions that the operation itself asks beside its own: which of them, and on which level. */
const asked: Record<string, Question[]> = {
  listOrganizations: ['platform organization:list-all'],
  evaluate: ['org decision:evaluate', 'project decision:evaluate'],
};

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
    if (!permission) continue;
    it(`${operationId} asks for something that the vocabulary knows on the level of its path`, () => {
      expect([...known]).to.include(`${level} ${permission.resource}:${permission.action}`);
    });
  }

  it('the vocabulary holds nothing that no operation asks for', () => {
    const used = operations.flatMap(({ operationId, level, permission }) => [
      ...(permission ? [`${level} ${permission.resource}:${permission.action}`] : []),
      ...(asked[operationId] ?? []),
    ]);
    expect([...known].filter((question) => !used.includes(question))).to.deep.equal([]);
  });
});
