import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process of this machine. The time of its start tells it from a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** Ticks since the machine was started (proc(5)). */
  readonly startedAt: string;
}

/** Milliseconds for which a program may end by itself, before it is ended. */
const grace = 10_000;
const look = 50;

/** The process with this number, unless there is none or it has ended and waits for its parent. */
export function processOf(pid: number): ProcessId | undefined {
  const fields = statOf(pid);
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startedAt: fields[19]! };
}

/** The fields of /proc/PID/stat behind the name, which may hold anything. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The numbers of the processes of a group. */
export function groupOf(group: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => statOf(pid)?.[2] === String(group));
}

/** Whether this very process still runs. */
export function isAlive({ pid, startedAt }: ProcessId): boolean {
  return processOf(pid)?.startedAt === startedAt;
}

/** The processes whose environment has one of these entries (`NAME=value`), each under its entry: those that a program has started are among them. */
export function findMarked(isMark: (entry: string) => boolean): Map<string, ProcessId[]> {
  const found = new Map<string, ProcessId[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const mark = environmentOf(name).find(isMark);
    const one = mark === undefined ? undefined : processOf(Number(name));
    if (mark !== undefined && one) found.set(mark, [...(found.get(mark) ?? []), one]);
  }
  return found;
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return []; // Of another user, or gone.
  }
}

/**
 * Asks a program and its group to end, waits for it, and ends what is left: `left` finds what has left the group, or was started by a program that has
 * ended already.
 */
export async function endProgram(program: ProcessId | undefined, left: () => readonly ProcessId[], graceMs = grace): Promise<void> {
  if (program && isAlive(program)) {
    signal(-program.pid, 'SIGTERM');
    const until = performance.now() + graceMs;
    while (isAlive(program) && performance.now() < until) await wait(look);
    signal(-program.pid, 'SIGKILL');
    while (isAlive(program)) await wait(look);
  }
  for (let found = left(); found.length > 0; found = left()) {
    for (const { pid } of found) signal(pid, 'SIGKILL');
    await wait(look);
  }
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch {
    // It has ended by itself.
  }
}
