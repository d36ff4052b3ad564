import type { Observed } from '../../core/apps/driver.ts';
import { usualStartSeconds } from '../../core/apps/program.ts';
import type { Listener } from './listeners.ts';
import type { Kept } from './place.ts';
import { isAlive, type ProcessId } from './processes.ts';
import { takesRequests } from './readiness.ts';

/** Since when programs take no requests, as far as this server has seen it. */
export interface Silences {
  readonly mostMs: number;
  /** Notes whether the program with this port takes requests, and returns for how many milliseconds it has taken none. */
  note(port: number, program: ProcessId, isSilent: boolean): number;
}

export function createSilences(mostMs: number): Silences {
  // By port, which one instance has at a time: so there are not more of them than instances.
  const known = new Map<number, { readonly name: string; readonly since: number }>();
  return {
    mostMs,
    note(port, { pid, startedAt }, isSilent) {
      const name = `${pid} ${startedAt}`;
      const before = known.get(port);
      if (!isSilent) {
        known.delete(port);
        return 0;
      }
      if (before?.name === name) return performance.now() - before.since;
      known.set(port, { name, since: performance.now() });
      return 0;
    },
  };
}

/**
 * What is there of an instance. A program has so many seconds from its start to take requests, and later may take none for a while: beyond that it has failed,
 * although it runs.
 */
export async function observed(kept: Kept | undefined, listenerAt: (kept: Kept) => Listener, silences: Silences): Promise<Observed> {
  if (!kept) return { phase: 'ABSENT' };
  const { generation, port, process: program } = kept;
  if (kept.replicas === 0) return { phase: 'STOPPED', generation };
  // It was ended with the server that ran it.
  if (!program && kept.end === undefined) return { phase: 'ABSENT' };
  if (!program || !isAlive(program)) return { phase: 'FAILED', generation, message: kept.end ?? 'The program has ended.' };
  const takes = await takesRequests(kept);
  const listener = listenerAt(kept);
  if (listener === 'other')
    return { phase: 'FAILED', generation, message: 'Another program listens on the port that the application got.' };
  const isSilent = !takes || listener !== 'own';
  const silentMs = silences.note(port, program, isSilent);
  const address = { host: '127.0.0.1', port };
  if (!isSilent) return { phase: 'RUNNING', generation, address };
  const fault = faultOf(kept, listener);
  if (kept.hasAnswered !== true) return unready(kept, fault);
  if (silentMs < silences.mostMs) return { phase: 'RUNNING', generation, address, message: `The program runs, and ${fault}.` };
  return { phase: 'FAILED', generation, message: `The program took requests, and for ${secondsOf(silences.mostMs / 1_000)} ${fault}.` };
}

/** It has taken no requests yet. */
function unready({ generation, startedAt = 0, startSeconds = usualStartSeconds }: Kept, fault: string): Observed {
  if (Date.now() - startedAt < startSeconds * 1_000) return { phase: 'STARTING', generation };
  return { phase: 'FAILED', generation, message: `The program runs, and ${fault} after ${secondsOf(startSeconds)}.` };
}

/** What a program that runs does not do, and should. */
function faultOf({ healthPath }: Kept, listener: Listener): string {
  if (listener === 'none') return 'does not listen on 127.0.0.1 at the port that PORT says';
  return healthPath === undefined ? 'takes no connection' : `does not answer GET ${healthPath} with 2xx`;
}

const secondsOf = (seconds: number): string => (seconds === 1 ? '1 second' : `${seconds} seconds`);
