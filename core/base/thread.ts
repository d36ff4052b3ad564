import { parentPort, Worker } from 'node:worker_threads';
import { packageRoot } from './package-root.ts';

/** Work that is done in a thread of its own, one piece after the other, so that it keeps nothing else from being answered. */
export interface Thread<I, O> {
  /** Does one piece. Throws ThreadLimit when too many wait, or when it takes more time or memory than it may. */
  run(input: I): Promise<O>;
  /** Whether as many wait as may: another piece would not be done. */
  isFull(): boolean;
  stop(): Promise<void>;
}

/** What one piece of work may take, and how many may wait for their turn. */
export interface ThreadLimits {
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly waiting: number;
}

/** A piece of work was not done, or was ended before it was. */
export class ThreadLimit extends Error {
  override readonly name = 'ThreadLimit';
  readonly limit: 'waiting' | 'time' | 'memory';

  constructor(limit: ThreadLimit['limit']) {
    super(`the limit of ${limit} is reached`);
    this.limit = limit;
  }
}

/** Milliseconds that the thread may take to begin, and that it is kept without work. */
const times = { loading: 60_000, idle: 30_000 };

interface Piece {
  readonly input: unknown;
  readonly resolve: (output: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The file of a thread, by its name without the ending: it lies beside the module that names it, `import.meta.url`, and ends as that does. */
export function threadFile(name: string, beside: string): URL {
  return new URL(`./${name}${beside.endsWith('.ts') ? '.ts' : '.js'}`, beside);
}

/** The thread whose file is `entry`, which calls `answer`. It begins with its first work and ends when there has been none for a while. */
export function createThread<I, O>(entry: URL, limits: ThreadLimits): Thread<I, O> {
  const waiting: Piece[] = [];
  let running: Piece | undefined;
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(timer);
    const ended = worker;
    worker = undefined;
    void ended?.terminate();
  }

  function settle(done: (piece: Piece) => void): void {
    clearTimeout(timer);
    const piece = running;
    running = undefined;
    if (piece) done(piece);
    if (waiting.length > 0) {
      next();
      return;
    }
    worker?.unref();
    timer = setTimeout(end, times.idle);
    timer.unref();
  }

  function fail(error: unknown): void {
    end();
    settle(({ reject }) => reject(error));
  }

  function begin(): Worker {
    const begun = spawn(entry, limits.megabytes);
    begun.on('message', (message: Message) => {
      if (begun !== worker) return;
      if (message.type === 'ready') limitTime(limits.milliseconds);
      else settle(({ resolve }) => resolve(message.output as never));
    });
    begun.on('error', (error: NodeJS.ErrnoException) => {
      if (begun === worker) fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new ThreadLimit('memory') : error);
    });
    begun.on('exit', (code) => {
      if (begun === worker) fail(new Error(`the thread ended with ${code}`));
    });
    return begun;
  }

  function limitTime(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => fail(new ThreadLimit('time')), milliseconds);
  }

  function next(): void {
    running = waiting.shift();
    if (!running) return;
    limitTime(worker ? limits.milliseconds : times.loading);
    try {
      worker ??= begin();
      worker.ref();
      worker.postMessage(running.input);
    } catch (error) {
      // It cannot be copied, for example because it is nested too deep.
      settle(({ reject }) => reject(error));
    }
  }

  const isFull = (): boolean => running !== undefined && waiting.length >= limits.waiting;

  return {
    isFull,
    run: (input) =>
      new Promise<O>((resolve, reject) => {
        if (isFull()) {
          reject(new ThreadLimit('waiting'));
          return;
        }
        waiting.push({ input, resolve, reject });
        if (!running) next();
      }),
    async stop() {
      for (const { reject } of waiting.splice(0)) reject(new ThreadLimit('waiting'));
      const stopped = worker?.terminate();
      fail(new ThreadLimit('waiting'));
      clearTimeout(timer);
      await stopped;
    },
  };
}

function spawn(entry: URL, megabytes: number): Worker {
  const options = { resourceLimits: { maxOldGenerationSizeMb: megabytes, stackSizeMb: 4 } };
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, options);
  return new Worker(new URL('bin/thread.js', packageRoot), { ...options, workerData: { entry: entry.href } });
}

type Message = { readonly type: 'ready' } | { readonly type: 'done'; readonly output: unknown };

/** Does every piece of work of this thread; for the file that createThread names. */
export function answer<I, O>(work: (input: I) => O | Promise<O>): void {
  const send = (message: Message): void => parentPort!.postMessage(message);
  parentPort!.on('message', async (input: I) => send({ type: 'done', output: await work(input) }));
  send({ type: 'ready' });
}
