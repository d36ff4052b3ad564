import { lookup, Resolver } from 'node:dns/promises';

/** One address of a name. */
export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Answers after which the files and the search domains of the machine are asked: the name is unknown to DNS, or there is no DNS. Never a name that hangs. */
const unknown: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED']);

/** The look-up of the machine takes one of the few threads of Node, so there is one at a time. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Every address of a name. DNS is asked without a thread, so names that are never answered delay no other look-up; what is under way ends with the
 * signal. Throws what DNS said.
 */
export async function resolveName(name: string, signal: AbortSignal, servers?: readonly string[]): Promise<readonly Address[]> {
  if (name === 'localhost') return lookUp(name, signal);
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([
      resolver.resolve4(name).then((found) => found.map((address) => ({ address, family: 4 }))),
      resolver.resolve6(name).then((found) => found.map((address) => ({ address, family: 6 }))),
    ]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found;
    const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    const other = failed.find(({ code }) => !unknown.has(code));
    if (other) throw other;
    return await lookUp(name, signal);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function lookUp(name: string, signal: AbortSignal): Promise<readonly Address[]> {
  const mine = turn.then(() => {
    signal.throwIfAborted();
    return lookup(name, { all: true });
  });
  turn = mine.catch(() => undefined);
  return mine;
}
