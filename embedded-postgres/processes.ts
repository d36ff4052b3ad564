import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';

const hasProc = existsSync('/proc/self/stat');

/**
 * Names one life of a process id, so that a number that the system gave to somebody else later is not mistaken for its first bearer.
 * Undefined when no such process runs; a zombie does not run.
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (!hasProc) {
    const [state, ...started] = ps(pid, 'stat=,lstart=').split(/\s+/);
    return state && !state.startsWith('Z') ? started.join(' ') : undefined;
  }
  const stat = readProc(`${pid}/stat`);
  // The second field is the program's name in parentheses and may hold spaces; the state and the start time (field 22, in ticks since boot) follow it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  if (!started || state === 'Z' || state === 'X') return undefined;
  return `${readProc('sys/kernel/random/boot_id').trim()}/${started}`;
}

/** Whether a process with this id runs now. */
export function isAlive(pid: number): boolean {
  if (hasProc) return processIdentity(pid) !== undefined;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether this living process is a PostgreSQL server on this cluster directory, however it was started. */
export function servesCluster(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const command = hasProc ? readProc(`${pid}/cmdline`).replaceAll('\0', ' ') : ps(pid, 'command=');
  // PostgreSQL works in its data directory; the link is not readable in a container that takes the right to trace from root.
  return command.includes('postgres') && (command.includes(` -D ${cluster} `) || workingDirectory(pid) === cluster);
}

function workingDirectory(pid: number): string | undefined {
  try {
    return hasProc ? readlinkSync(`/proc/${pid}/cwd`) : undefined;
  } catch {
    return undefined;
  }
}

function readProc(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function ps(pid: number, columns: string): string {
  return (
    spawnSync('ps', ['-ww', '-o', columns, '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
    }).stdout?.trim() ?? ''
  );
}
