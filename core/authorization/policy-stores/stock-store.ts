import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { compileCondition } from './condition-evaluate.ts';
import { parseCondition } from './condition-parse.ts';
import { isTypeName, roleType } from './rows.ts';
import { readStorePolicy } from './store.ts';
import type { StoreContents, StoreQuestion } from './types.ts';

/** A store in Casbin as it comes: its own reader of rows, its role manager, every row for every question. */
export interface StockStore {
  decide(question: StoreQuestion): boolean;
}

/** How the text of a condition is answered. */
export type ConditionOracle = (condition: string, question: StoreQuestion) => boolean;

/**
 * The second opinion on compileStore, over the same two texts. Casbin is given conditions as a function, because what it would make of them itself
 * takes what is missing for equal to what is missing, calls methods and throws. Throws PolicyError as compileStore does.
 */
export async function createStockStore(contents: StoreContents, oracle: ConditionOracle = createOracle()): Promise<StockStore> {
  const { model } = readStorePolicy(contents);
  const text = contents.model.replace(/\beval\(\s*p\.cond\s*\)/, 'cond(p.cond, r.sub, r.res, r.act, r.ctx)');
  // It refuses a policy without text, which denies everything.
  const enforcer = await newEnforcer(newModelFromString(text), new StringAdapter(contents.policy || '\n'));
  let current: StoreQuestion | undefined;
  await enforcer.addFunction('cond', (condition: string) => oracle(condition, current!));
  const { domain } = model;
  return {
    decide(question) {
      const { subject, resource, action, context } = question;
      // Casbin takes a subject that is called like a role for one that has the role.
      if (subject.type === roleType || !isTypeName(subject.type) || !isTypeName(resource.type)) return false;
      const r = {
        sub: { key: `${subject.type}:${subject.id}` },
        res: { key: `${resource.type}:${resource.id}` },
        act: { name: action.name },
        ctx: {},
      };
      if (domain !== undefined) {
        const found = { sub: subject.properties, res: resource.properties, act: action.properties, ctx: context }[domain.root];
        const [key] = domain.keys;
        const value = Object.hasOwn(found, key!) ? found[key!] : undefined;
        // Casbin would find 1 and "1" equal.
        Object.assign(r[domain.root], { [key!]: typeof value === 'string' ? value : '' });
      }
      current = question;
      try {
        return enforcer.enforceSync(r.sub, r.res, r.act, r.ctx);
      } finally {
        current = undefined;
      }
    },
  };
}

/** Reads each condition once. */
function createOracle(): ConditionOracle {
  const known = new Map<string, (question: StoreQuestion) => boolean>();
  return (condition, question) => {
    const test = known.get(condition) ?? compileCondition(parseCondition(condition));
    known.set(condition, test);
    return test(question);
  };
}
