import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { groupOf, type ProcessId } from './processes.ts';

/** Which programs take connections to a port: none, the program itself, or also another one. */
export type Listener = 'none' | 'own' | 'other';

/**
 * Who listens on this port of 127.0.0.1: `family` finds processes of the program that have left its group. What may not be looked at, for it runs as another user, is
 * believed.
 */
export function listenerOf(port: number, program: ProcessId, family: () => readonly ProcessId[]): Listener {
  const seen = look(port, program, family);
  // A socket may have come or gone between the two halves of a look.
  return seen === 'other' ? look(port, program, family) : seen;
}

function look(port: number, program: ProcessId, family: () => readonly ProcessId[]): Listener {
  const left = new Set(listeningOn(port));
  if (left.size === 0) return 'none';
  if (isAllOf(left, [program.pid]) || isAllOf(left, groupOf(program.pid))) return 'own';
  const further = family().map(({ pid }) => pid);
  return isAllOf(left, further) ? 'own' : 'other';
}

/** Takes the sockets of these processes away; whether none is left, or one of them hides its own. */
function isAllOf(left: Set<string>, pids: readonly number[]): boolean {
  for (const pid of pids) {
    const sockets = socketsOf(pid);
    if (sockets === undefined) return true;
    for (const one of sockets) left.delete(one);
  }
  return left.size === 0;
}

const loopback = ['0100007F', '00000000', '0'.repeat(32), '0000000000000000FFFF00000100007F'];
const listening = '0A';

/** The sockets, by inode, to which a connection to 127.0.0.1 may come (proc(5)). */
function listeningOn(port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'latin1').split('\n').slice(1));
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = '', at] = local.split(':');
    return state === listening && at === wanted && loopback.includes(address) ? [inode!] : [];
  });
}

/** The sockets of a process, none where it is gone; undefined where it may not be looked at. */
function socketsOf(pid: number): string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))?.[1] ?? []);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // Closed meanwhile.
  }
}
