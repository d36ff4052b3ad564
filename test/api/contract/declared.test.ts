import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { problems } from '../../../api/http/problem.ts';
import { root } from '../../docs/checkout.ts';
import { filesOf } from '../../docs/files.ts';
import { readSourceWords } from '../../docs/source-words.ts';
import { readContract } from '../../helpers/contract.ts';

const document = readContract() as {
  paths: Record<string, Record<string, { operationId: string }>>;
  components: { schemas: Record<string, { enum?: string[] }> };
};
// A denial by a state is the problem that the state names.
const vocabulary = parse(readFileSync(join(root, 'policies/permissions.yaml'), 'utf8')) as { states: Record<string, { problem: string }> };
const words = new Set([...readSourceWords(), ...Object.values(vocabulary.states).map(({ problem }) => problem)]);

/** Codes that nothing throws yet, and why they are declared. What throws one takes it off. */
const waiting: Readonly<Record<string, string>> = {};

/** Enums whose words are made of words of the policy, which are in lower case. */
const computed: Readonly<Record<string, string>> = {
  DecisionReason: 'the reason of a verdict, in upper case',
  RoleLevel: 'the level of a role in a blueprint, in upper case',
  Effect: 'the effect of a row, in upper case',
  ResourceFieldClass: 'the class of a field in a blueprint, in upper case',
  ...Object.fromEntries(
    ['Type', 'Mode', 'Direction', 'Stricter'].map((name) => [`Setting${name}`, 'what a blueprint says of a setting, in upper case']),
  ),
  ExportKind: 'the keys of the table of kinds',
  AccessPlanOutcome: 'what a change of a type that is switched off is, said with the words of one that is not',
  ExportFormat: 'the two forms of a file, of which one is the other case',
  InstanceState: 'where a new one begins is the default of its column, and where it ends is said by a trigger',
  ExportState: 'where a new export begins is the default of its column',
};

describe('What the contract declares is done', () => {
  for (const code of Object.keys(problems)) {
    it(`the problem ${code} is ${code in waiting ? 'waiting for what throws it' : 'thrown somewhere'}`, () => {
      const advice = words.has(code)
        ? 'take it off the list: it is thrown'
        : 'add what throws it, or take it out of the contract and the registry';
      expect(words.has(code), advice).to.equal(!(code in waiting));
    });
  }

  for (const [name, { enum: values }] of Object.entries(document.components.schemas)) {
    if (!values || name in computed) continue;
    it(`every word of ${name} is one that the program says`, () => {
      expect(values.filter((value) => !words.has(value))).to.deep.equal([]);
    });
  }
});

describe('The pages', () => {
  const operationIds = new Set(Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId)));
  // Members of bodies, of blueprints and of manifests may begin with a verb too.
  const members = new Set(
    filesOf(/^(openapi|policies\/blueprints\/[\w-]+\/blueprint|k8s\/crds\/\w+)\.yaml$/).flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\b(\w+):/g)].map(([, word]) => word!),
    ),
  );
  const verbs = new Set([...operationIds].map((id) => /^[a-z]+/.exec(id)![0]));

  for (const path of filesOf(/^(README|ARCHITECTURE|SECURITY|docs\/[\w-]+|policies\/README)(\.md)$/)) {
    it(`${path} names no operation that does not exist`, () => {
      const named = [...readFileSync(join(root, path), 'utf8').matchAll(/`([a-z]+[A-Z]\w*)`/g)].map(([, word]) => word!);
      const lost = named.filter((word) => verbs.has(/^[a-z]+/.exec(word)![0]) && !operationIds.has(word) && !members.has(word));
      expect(lost).to.deep.equal([]);
    });
  }
});
