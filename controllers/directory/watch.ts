import { type FSWatcher, statSync, watch } from 'node:fs';
import type { Log } from '../runtime/log.ts';

/** Tells when something may have changed in folders. It may miss changes (NFS, links that are swapped), so look from time to time anyway. */
export class Watcher {
  readonly #debounceMs: number;
  readonly #log: Log;
  readonly #watchers = new Map<string, FSWatcher>();
  #rung = false;
  #timer: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  /** A change is handed on when there was none for `debounceMs`: several files that are written together are then all there. */
  constructor(debounceMs: number, log: Log) {
    this.#debounceMs = debounceMs;
    this.#log = log;
  }

  /** Watches these folders and no others. True when one of them is new: what changed in it before this moment was not seen. */
  follow(folders: readonly string[]): boolean {
    // With the inode: a folder that was replaced by another one of the same name is not watched yet.
    const wanted = new Map(folders.map((folder) => [`${folder} ${statSync(folder, { throwIfNoEntry: false })?.ino}`, folder]));
    for (const [key, watcher] of this.#watchers) {
      if (wanted.has(key)) continue;
      watcher.close();
      this.#watchers.delete(key);
    }
    const fresh = [...wanted].filter(([key]) => !this.#watchers.has(key));
    for (const [key, folder] of fresh) this.#watch(key, folder);
    return fresh.length > 0;
  }

  /** Something may have changed. */
  ring(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#rung = true;
      this.#wake?.();
    }, this.#debounceMs);
  }

  /** Resolves after a change, after `ms`, or when `signal` says so. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', this.#wake, { once: true });
      });
      if (this.#wake) signal.removeEventListener('abort', this.#wake);
      this.#wake = undefined;
    }
    this.#rung = false;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.follow([]);
  }

  #watch(key: string, folder: string): void {
    try {
      const watcher = watch(folder, () => this.ring());
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(key);
        this.ring();
      });
      this.#watchers.set(key, watcher);
    } catch (err) {
      this.#log.warn({ folder, err }, 'the folder cannot be watched; its changes are seen later');
    }
  }
}
