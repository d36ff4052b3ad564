import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const enough = 8 * 1024 * 1024;

/** The server's own log: a file, so that the server does not stop when the process that started it does. */
export interface ServerLog {
  readonly path: string;
  /** Opens it for one more start; the caller closes the descriptor. */
  open(): number;
  /** What the server complained of since the last `open`, or its last lines when it did not; at most five. */
  tail(): string[];
}

/** Keeps one earlier file when it has grown past 8 MB. */
export function serverLog(path: string): ServerLog {
  let from = 0;
  const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    path,
    open() {
      if (size() > enough) renameSync(path, `${path}.1`);
      from = size();
      return openSync(path, 'a', 0o600);
    },
    tail() {
      const start = Math.max(from, size() - 16_384);
      const buffer = Buffer.alloc(Math.max(0, size() - start));
      const file = openSync(path, 'r');
      const read = readSync(file, buffer, 0, buffer.length, start);
      closeSync(file);
      const lines = buffer.toString('utf8', 0, read).split('\n');
      const complaints = lines.flatMap((line) => /\b(PANIC|FATAL|ERROR|HINT|error): .*/.exec(line)?.[0].trim() ?? []);
      const last = complaints.length > 0 ? complaints : lines.map((line) => line.trim()).filter((line) => line !== '');
      return last.slice(-5);
    },
  };
}
