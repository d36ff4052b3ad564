import { PolicyError } from '../authorization/policy/findings.ts';
import { compileStoreSteps } from '../authorization/policy-stores/store.ts';
import type { CompiledStore, StoreContents } from '../authorization/policy-stores/types.ts';
import { Unavailable } from '../base/errors.ts';
import { createGate, type Gate, type GateLimits } from '../base/gate.ts';
import { createRounds, type RoundLimits, type Rounds } from '../base/rounds.ts';
import { createSharedCache, type SharedLimits } from '../base/shared-cache.ts';
import type { TakenStoreDecision } from './store-shadow.ts';

/** The policies of stores that this process has made ready, by organization and the digest of their files: what is found is never stale. */
export interface CompiledStores {
  /** One that is ready. */
  find(organizationId: string, sha256: string): CompiledStore | undefined;
  /** Makes it ready when it is not there; `load` reads the files then. Those who ask at the same time wait for the same one, and read on their own where it fails. */
  get(organizationId: string, sha256: string, load: () => Promise<StoreContents>): Promise<CompiledStore>;
  /** Hears of each decision that one of them took. */
  readonly observe: (taken: TakenStoreDecision) => void;
  /** What decisions and searches of stores compute, by organization. */
  readonly rounds: Rounds;
  /** Lets a search through that decides entities one by one: it holds them in memory. */
  readonly inSearch: Gate;
  /** Lets an explanation through: it reads the files of a store anew and holds them in memory. */
  readonly inExplanation: Gate;
}

/** Of how many organizations, how many policies, and of how many bytes of memory together (docs/limits.md). */
const most: SharedLimits = { owners: 500, entries: 500, size: 134_217_728 };

/** How many are made ready at one time, and wait for it (docs/limits.md): the memory and the time that it takes are bounded, and not one organization's alone. */
const making: GateLimits = { running: 2, runningOfOne: 1, waiting: 50, waitingOfOne: 20, inAll: 1_000, waitFor: 30_000 };

/** How many works of decisions and searches wait, and for how long one may compute (docs/limits.md). */
const working: RoundLimits = { waiting: 64, waitingOfOne: 16, milliseconds: 10_000 };
const texts = {
  tooMany: 'Too many questions to the policy stores of this organization wait already. Try again in a moment.',
  tooLong: 'The policy store compares too much for this. Ask about less at a time, or propose a policy with fewer comparisons.',
};

const waitingTexts = { ...texts, tooLong: 'Questions to policy stores that came before take too long. Try again in a moment.' };
const makingTexts = {
  tooMany: 'Too many policies of policy stores are being made ready. Try again in a moment.',
  tooLong: 'Policies of policy stores that are made ready take too long. Try again in a moment.',
};

/** How many searches that decide entities one by one are under way, and wait (docs/limits.md). */
const searching: GateLimits = { running: 16, runningOfOne: 1, waiting: 64, waitingOfOne: 16, inAll: 1_000, waitFor: 30_000 };

/** How many explanations are under way, and wait (docs/limits.md). */
const explaining: GateLimits = { running: 4, runningOfOne: 1, waiting: 32, waitingOfOne: 8, inAll: 1_000, waitFor: 30_000 };

/** For making policies ready: how many there are at a time is bounded before. */
const makingLimits: RoundLimits = { waiting: Infinity, waitingOfOne: Infinity, milliseconds: Infinity };

/** `observe` hears of each decision. */
export function createCompiledStores(observe: CompiledStores['observe'] = () => undefined, limits = most): CompiledStores {
  const kept = createSharedCache<CompiledStore>(limits);
  const makingRounds = createRounds({ limits: makingLimits, ...texts });
  const inTurn = createGate(making, makingTexts);
  const pending = new Map<string, Promise<CompiledStore>>();

  async function make(organizationId: string, sha256: string, load: () => Promise<StoreContents>): Promise<CompiledStore> {
    const compile = async (contents: StoreContents) => makingRounds.run(organizationId, compileStoreSteps(contents));
    const store = await inTurn(organizationId, async () => compile(await load()).catch(refuse));
    kept.set(organizationId, sha256, store, store.size);
    return store;
  }

  return {
    observe,
    rounds: createRounds({ limits: working, ...texts }),
    inSearch: createGate(searching, waitingTexts),
    inExplanation: createGate(explaining, waitingTexts),
    find: (organizationId, sha256) => kept.get(organizationId, sha256),
    async get(organizationId, sha256, load) {
      const found = kept.get(organizationId, sha256);
      if (found) return found;
      const name = `${organizationId} ${sha256}`;
      for (let others = pending.get(name); others; others = pending.get(name)) {
        const store = await others.catch(ofOthers);
        if (store) return store;
      }
      const own = make(organizationId, sha256, load).finally(() => pending.delete(name));
      pending.set(name, own);
      return own;
    },
  };
}

/** What failed for another store with the same files says nothing about this one, unless it is about the files or the load. */
function ofOthers(error: unknown): undefined {
  if (error instanceof Unavailable) throw error;
}

/** It was checked before it came into force, so it fails only where this Tenet looks closer than the one that checked it. */
function refuse(error: unknown): never {
  if (!(error instanceof PolicyError)) throw error;
  const detail =
    'A policy that decides in this store does not hold any more. Cancel the rollout where one is open, else propose and activate another revision.';
  throw new Unavailable(detail, { cause: error });
}
