import { randomNumbers } from '../../helpers/shuffled.ts';

/** Choices that only the seed decides. */
export interface Draw {
  chance(share: number): boolean;
  of<T>(items: readonly T[]): T;
  /** Nothing of nothing. */
  any<T>(items: readonly T[]): T | undefined;
}

export function createDraw(seed: number): Draw {
  const random = randomNumbers(seed);
  const any = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)];
  return {
    chance: (share) => random() < share,
    any,
    of(items) {
      if (items.length === 0) throw new Error('There is nothing to choose from.');
      return any(items)!;
    },
  };
}
