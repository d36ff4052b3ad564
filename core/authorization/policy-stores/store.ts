import { atOnce, type Steps } from '../../base/steps.ts';
import { type Finding, mostFindings, PolicyError } from '../policy/findings.ts';
import { compileSteps } from './compile.ts';
import { deadAllows } from './dead-rows.ts';
import { idleRows } from './idle-rows.ts';
import { storeLimits } from './limits.ts';
import { readModel } from './model.ts';
import { lintLinks } from './roles.ts';
import { readRows, type StorePolicy } from './rows.ts';
import { readStoreTests } from './store-tests-schema.ts';
import type { CompiledStore, StoreContents } from './types.ts';
import { lintVocabulary } from './vocabulary.ts';

/**
 * Everything that is wrong with the contents of a store, each with file, line and a sentence; at most `mostFindings`. It takes bounded time
 * whatever the contents are; whether the tests hold is said by runStoreTests.
 */
export function checkStoreContents(contents: StoreContents): readonly Finding[] {
  const { policy, findings } = atOnce(readStore(contents));
  if (findings.some(({ level }) => level === 'error')) return findings.slice(0, mostFindings);
  const idle = policy ? [...deadAllows(policy.rows), ...idleRows(policy)] : [];
  return [...findings, ...idle, ...readStoreTests(contents.tests).findings].slice(0, mostFindings);
}

/** The policy, ready for questions. Throws PolicyError when a finding about the model or the rows is an error; tests.yaml is not looked at. */
export function compileStore(contents: StoreContents): CompiledStore {
  return atOnce(compileStoreSteps(contents));
}

/** As compileStore, in steps: the largest store takes a tenth of a second and more. */
export function* compileStoreSteps(contents: StoreContents): Steps<CompiledStore> {
  return yield* compileSteps(yield* readStorePolicySteps(contents));
}

/** The policy, read. Throws PolicyError as compileStore does. */
export function readStorePolicy(contents: StoreContents): StorePolicy {
  return atOnce(readStorePolicySteps(contents));
}

/** As readStorePolicy, in steps. */
export function* readStorePolicySteps(contents: StoreContents): Steps<StorePolicy> {
  return soundPolicy(yield* readStore(contents));
}

function soundPolicy({ policy, findings }: ReadStore): StorePolicy {
  const errors = findings.filter(({ level }) => level === 'error');
  if (policy === undefined || errors.length > 0) throw new PolicyError(errors.slice(0, mostFindings));
  return policy;
}

interface ReadStore {
  readonly policy?: StorePolicy;
  readonly findings: Finding[];
}

function* readStore({ model: modelText, policy: policyText, tests }: StoreContents): Steps<ReadStore> {
  const tooLong = [
    { file: 'model.conf', length: modelText.length, most: storeLimits.modelLength },
    { file: 'policy.csv', length: policyText.length, most: storeLimits.bytes },
    { file: 'tests.yaml', length: tests.length, most: storeLimits.testsLength },
  ].filter(({ length, most }) => length > most);
  if (tooLong.length > 0) {
    return {
      findings: tooLong.map(({ file, length, most }) => ({
        rule: 'too-large',
        level: 'error',
        message: `it has ${length} characters; ${most} are accepted`,
        file,
        line: 1,
      })),
    };
  }
  const { model, findings } = readModel(modelText);
  if (model === undefined) return { findings };
  const report = (finding: Finding) => void findings.push(finding);
  const { rows, links } = yield* readRows(policyText, model, report);
  if (findings.length > 0) return { findings };
  yield* lintLinks(links, report);
  lintVocabulary(rows, links, report);
  return { policy: { model, rows, links }, findings };
}
