/** Writes what waits, one drain at a time. */
export interface Drain {
  /** Begins, or joins the one that is under way; resolves to whether everything was written. */
  now(): Promise<boolean>;
  /** Begins after the pause of a batch, where none is under way or due. */
  soon(): void;
  /** Forgets the one that is due. */
  cancel(): void;
}

interface DrainOptions {
  /** Writes all that waits; false where that failed. */
  readonly write: () => Promise<boolean>;
  /** Whether another drain has anything to do. */
  readonly isDue: () => boolean;
}

/** Milliseconds for which an entry waits for others, and for which a failed write is left alone. */
const pauses = { batch: 200, failure: 1_000 };

/** After a drain the next one is due while there is anything to do: what came meanwhile, or what failed. */
export function createDrain({ write, isDue }: DrainOptions): Drain {
  let timer: NodeJS.Timeout | undefined;
  let draining: Promise<boolean> | undefined;

  async function drain(): Promise<boolean> {
    let isWritten = false;
    try {
      isWritten = await write();
      return isWritten;
    } finally {
      draining = undefined;
      if (isDue()) arm(isWritten ? pauses.batch : pauses.failure);
    }
  }

  function now(): Promise<boolean> {
    draining ??= drain();
    return draining;
  }

  function arm(milliseconds: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void now();
    }, milliseconds).unref();
  }

  return {
    now,
    soon() {
      if (draining === undefined) arm(pauses.batch);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
