/** What a promise was rejected with, or a function threw; throws when it was fulfilled. */
export async function failure(attempt: Promise<unknown> | (() => unknown)): Promise<Error> {
  let value: unknown;
  try {
    value = await (typeof attempt === 'function' ? attempt() : attempt);
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`rejected with something that is no Error: ${String(error)}`);
  }
  throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
}
