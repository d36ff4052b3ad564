/**
 * How long tests repeat that look for what happens rarely. Their titles end in ` (soak)`, by which `npm run test:soak` finds them.
 * TENET_TEST_ROUNDS is `long`, or a number that stands for both; TENET_TEST_ROUND_SECONDS ends each of them after that time, its first
 * rounds aside.
 */
const { TENET_TEST_ROUNDS: wanted, TENET_TEST_ROUND_SECONDS: seconds } = process.env;

/** Numbers from 0, `usual` of them, or up to `long` in a soak; `long` must end within ten minutes. */
export function* rounds(usual: number, long: number): Generator<number, void> {
  const count = countOf(usual, long);
  const end = performance.now() + limitMs();
  for (let round = 0; round < count && (round < usual || performance.now() < end); round++) yield round;
}

/** The same as parameters of `fc.assert`. A failure prints the seed and the path that repeat it. */
export function runs(usual: number, long: number): { numRuns: number; interruptAfterTimeLimit?: number } {
  const limit = limitMs();
  return { numRuns: countOf(usual, long), ...(Number.isFinite(limit) && { interruptAfterTimeLimit: limit }) };
}

function countOf(usual: number, long: number): number {
  if (wanted === undefined || wanted === '') return usual;
  const count = wanted === 'long' ? long : Number(wanted);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`TENET_TEST_ROUNDS is ${JSON.stringify(wanted)}: give a number from 1, or long.`);
  return count;
}

function limitMs(): number {
  return seconds ? Number(seconds) * 1000 : Number.POSITIVE_INFINITY;
}
