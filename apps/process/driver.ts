import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, readdirSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { DesiredInstance, Observed, StartedDriver } from '../../core/apps/driver.ts';
import { silentSeconds, usualStartSeconds } from '../../core/apps/program.ts';
import { makeDirectory } from '../../core/base/make-directory.ts';
import { createSilences, observed } from './health.ts';
import { type Listener, listenerOf } from './listeners.ts';
import { lastLines, openLog, rotateLog } from './output.ts';
import { deletePlace, type Kept, makePlace, type Place, placeOf, readKept, writeKept } from './place.ts';
import { endProgram, findMarked, isAlive, type ProcessId, processOf } from './processes.ts';
import { freePort } from './readiness.ts';

/** Every so many milliseconds logs are looked at. */
const logsEvery = 5_000;
/** By this variable the processes of an instance are found again, whichever group they are in. */
const mark = 'INSTANCE_DIRECTORY';

export interface ProcessDriverOptions {
  /** Where instances have their data and logs. */
  readonly directory: string;
  /** Milliseconds in which a program may end by itself. */
  readonly graceMs?: number;
  /** Milliseconds for which a program that took requests may take none before it counts as failed. */
  readonly silentMs?: number;
}

/**
 * Runs programs of this machine as the user of the server: each with a group, a data directory, a log and an environment of its own. It does not keep them
 * from each other's files, and bounds neither memory nor time. They go on when the server is killed, and the next server takes them over: what it needs to
 * know is kept beside their data. Throws where there is no /proc.
 */
export async function startProcessDriver(options: ProcessDriverOptions): Promise<StartedDriver> {
  const root = resolve(options.directory);
  if (!existsSync('/proc/self/environ')) throw new Error('TENET_APPS_DRIVER=process needs Linux, whose /proc says which programs run.');
  makeDirectory(root);
  let listener: (id: string) => void = () => undefined;
  const handedOut = new Set<number>();
  const silences = createSilences(options.silentMs ?? silentSeconds * 1_000);

  const markOf = ({ directory }: Place): string => `${mark}=${directory}`;
  const ids = (): string[] => readdirSync(root).filter((name) => /^inst_[0-9a-z]{26}$/.test(name));
  const running = (place: Place): ProcessId[] => {
    const wanted = markOf(place);
    return findMarked((entry) => entry === wanted).get(wanted) ?? [];
  };
  const end = (place: Place): Promise<void> => endProgram(readKept(place)?.process, () => running(place), options.graceMs);
  // What an earlier server has started and not noted any more, for it was killed in between.
  const isUp = (place: Place): boolean => {
    const kept = readKept(place)?.process;
    return kept !== undefined && isAlive(kept);
  };
  const listenerAt = (place: Place, { process: program, port }: Kept): Listener =>
    program === undefined ? 'none' : listenerOf(port, program, () => running(place));

  /** A port that no instance has, also none that does not run: two programs with one port would get each other's requests. */
  async function reservePort(): Promise<number> {
    const port = await freePort((one) => handedOut.has(one) || ids().some((id) => readKept(placeOf(root, id))?.port === one));
    handedOut.add(port);
    return port;
  }

  const left = findMarked((entry) => entry.startsWith(`${mark}=`));
  for (const place of ids().map((id) => placeOf(root, id))) if (left.has(markOf(place)) && !isUp(place)) await end(place);

  const timer = setInterval(() => {
    for (const id of ids()) rotateLog(placeOf(root, id));
  }, logsEvery).unref();

  function begin(place: Place, { id, program, env, generation }: DesiredInstance, port: number): void {
    const { healthPath, startSeconds = usualStartSeconds } = program;
    const kept: Kept = { generation, replicas: 1, port, startSeconds, ...(healthPath !== undefined && { healthPath }) };
    const fault = faultOf(program.command);
    if (fault !== undefined) {
      writeKept(place, { ...kept, end: fault });
      return;
    }
    const own = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: place.data, LANG: 'C.UTF-8', HOST: '127.0.0.1', PORT: String(port) };
    const all = { ...env, ...own, DATA_DIRECTORY: place.data, [mark]: place.directory };
    let child: ChildProcess;
    try {
      child = spawnInto(place, program, all);
    } catch (error) {
      // Not its message, which may say a variable.
      writeKept(place, { ...kept, end: `The program cannot be started: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.` });
      return;
    }
    const started = child.pid === undefined ? undefined : processOf(child.pid);
    writeKept(place, { ...kept, startedAt: Date.now(), ...(started && { process: started }) });
    const note = (said: string): void => {
      const present = readKept(place);
      if (present?.process?.pid === child.pid && present?.generation === generation) writeKept(place, { ...present, end: said });
      listener(id);
    };
    child.once('error', ({ message }) => note(`The program cannot be started: ${message}.`));
    child.once('exit', (code, signal) => note(signal ? `The program was ended by ${signal}.` : `The program ended with code ${code}.`));
    child.unref();
  }

  /** Ends what runs, as long as no server runs it. */
  async function rest(place: Place): Promise<void> {
    await end(place);
    const { process: _process, end: _end, ...kept } = readKept(place) ?? {};
    if ('generation' in kept) writeKept(place, kept as Kept);
  }

  /** What is there of an instance. That its program has taken requests is kept: one that does not yet may take its time, one that does not any more may not. */
  async function observe(id: string): Promise<Observed> {
    const place = placeOf(root, id);
    const kept = readKept(place);
    const seen = await observed(kept, (one) => listenerAt(place, one), silences);
    if (seen.phase === 'RUNNING' && seen.message === undefined && kept!.hasAnswered !== true) {
      const present = readKept(place);
      if (present?.process?.pid === kept!.process!.pid) writeKept(place, { ...present, hasAnswered: true });
    }
    return seen;
  }

  return {
    async apply(desired) {
      const place = placeOf(root, desired.id);
      const kept = readKept(place);
      const isSame = desired.replicas === 1 && kept?.replicas === 1 && kept.generation === desired.generation;
      if (isSame && isUp(place) && (await observe(desired.id)).phase !== 'FAILED') return;
      makePlace(place);
      await end(place);
      if (desired.replicas === 0) {
        writeKept(place, { generation: desired.generation, replicas: 0, port: kept?.port ?? 0 });
        return;
      }
      const port = await reservePort();
      try {
        begin(place, desired, port);
      } finally {
        handedOut.delete(port);
      }
    },

    observe,

    async remove(id, { deleteData }) {
      const place = placeOf(root, id);
      await end(place);
      deletePlace(place, { deleteData });
    },

    async logs(id, { lines }) {
      return lastLines(placeOf(root, id), lines);
    },

    onChange(next) {
      listener = next;
    },

    async release() {
      clearInterval(timer);
      listener = () => undefined;
    },

    async endPrograms() {
      await Promise.all(ids().map((id) => rest(placeOf(root, id))));
    },
  };
}

/** Starts a program that writes into the log of its place. Some failures are thrown, others come as an event. */
function spawnInto(place: Place, { command, args = [] }: DesiredInstance['program'], env: Record<string, string>): ChildProcess {
  const log = openLog(place);
  try {
    return spawn(command!, [...args], { cwd: place.data, env, detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

function faultOf(command: string | undefined): string | undefined {
  if (command === undefined) return 'The application has no command, which one machine needs.';
  return isAbsolute(command) ? undefined : 'The command of the application is no path that begins with a slash.';
}
