import { createDraw } from './draw.ts';
import { findExcess } from './rules.ts';
import { readState, type State } from './state.ts';
import { kinds, takeStep } from './steps.ts';
import { type Call, createWorld, type Program, type World } from './world.ts';

/** A step: what kind it is and the number that decides the rest. */
interface Planned {
  readonly kind: string;
  readonly seed: number;
}

/** The steps that changed something, also in words, and what the last one exceeded. */
export interface Found {
  readonly steps: readonly Planned[];
  readonly trace: readonly string[];
  readonly excess: readonly string[];
}

/** What a sequence came to. */
export interface Run {
  readonly allowed: number;
  readonly asked: number;
  /** How often each kind of step was allowed. */
  readonly counts: ReadonlyMap<string, number>;
  readonly found?: Found;
}

/** Steps that only the seed decides; half of them of these kinds, where some are named. */
export function planSteps(seed: number, count: number, often: readonly string[] = []): Planned[] {
  const draw = createDraw(seed);
  return Array.from({ length: count }, (_, index) => ({
    kind: draw.of(often.length > 0 && draw.chance(0.5) ? often : kinds),
    seed: Math.imul(seed, 31) + Math.imul(index + 1, 0x9e3779b1),
  }));
}

/** Lets these steps happen in a new organization of this kind, and compares after each one that is allowed. Ends with the first that exceeds. */
export async function runSteps(program: Program, blueprint: string, planned: readonly Planned[]): Promise<Run> {
  const world = await createWorld(program, blueprint);
  let state = await readState(world);
  const done: Planned[] = [];
  const trace: string[] = [];
  const counts = new Map<string, number>();
  for (const step of planned) {
    const call = takeStep(step.kind, world, state, createDraw(step.seed));
    if (call === undefined) continue;
    const outcome = await world.call(call).catch((error) => {
      throw new Error([...trace, `and then ${words(world, call)}`].join('\n'), { cause: error });
    });
    if (!outcome.isAllowed) continue;
    const token = (outcome.body as { id?: string; token?: string } | undefined)?.token;
    if (token !== undefined) world.tokens.set((outcome.body as { id: string }).id, token);
    const before: State = state;
    state = await readState(world);
    done.push(step);
    trace.push(words(world, call));
    counts.set(step.kind, (counts.get(step.kind) ?? 0) + 1);
    const excess = findExcess(world, { call, before, after: state, reply: outcome.body });
    if (excess.length > 0) return { allowed: done.length, asked: planned.length, counts, found: { steps: done, trace, excess } };
  }
  return { allowed: done.length, asked: planned.length, counts };
}

/**
 * Leaves steps out as long as something is still exceeded. What was refused is left out already; then the last steps alone are tried, more and
 * more of them, and of the first ones that are enough each is left out in turn.
 */
export async function shorten(program: Program, blueprint: string, found: Found): Promise<Found> {
  const again = async (planned: readonly Planned[]) => (await runSteps(program, blueprint, planned)).found;
  let shortest = found;
  for (let count = 1; count < found.steps.length; count *= 2) {
    const enough = await again(found.steps.slice(-count));
    if (enough === undefined) continue;
    shortest = enough;
    break;
  }
  for (let index = shortest.steps.length - 2; index >= 0; index--) {
    const fewer = shortest.steps.filter((_, place) => place !== index);
    shortest = (await again(fewer)) ?? shortest;
    index = Math.min(index, shortest.steps.length - 1);
  }
  return shortest;
}

function words({ labels }: World, { operationId, caller, params, query, body }: Call): string {
  const text = [
    operationId,
    ...Object.entries({ ...params, ...query }).map(([key, value]) => `${key}=${value}`),
    body === undefined ? '' : JSON.stringify(body),
  ];
  return [caller.id, ...text].join(' ').replaceAll(/[a-z]+_[0-9a-z]{26}/g, (id) => labels.get(id) ?? id);
}
