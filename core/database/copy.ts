import { once } from 'node:events';
import type pg from 'pg';

/** What pg gives to a statement of its own kind. */
interface CopyConnection {
  readonly stream: NodeJS.WritableStream & { readonly writableNeedDrain: boolean };
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** Runs `COPY ... FROM STDIN` with lines in the text format. One chunk is in memory at a time. Throws what the lines throw or PostgreSQL says. */
export function copyInto(client: pg.Client, sql: string, chunks: AsyncIterable<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const end = (error?: unknown): void => {
      isOver = true;
      if (error === undefined) resolve();
      else reject(error as Error);
    };
    async function send(connection: CopyConnection): Promise<void> {
      try {
        for await (const chunk of chunks) {
          if (isOver) return;
          connection.sendCopyFromChunk(Buffer.from(chunk));
          if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
        }
        connection.endCopyFrom();
      } catch (error) {
        end(error);
        connection.sendCopyFail('the rows ended with an error');
      }
    }
    const copy = {
      submit: (connection: CopyConnection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) => void send(connection),
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => end(),
      handleError: end,
    };
    client.query(copy as unknown as pg.Submittable);
  });
}

/** A value in the text format of COPY. */
export function copyValue(value: string | null): string {
  return value === null ? '\\N' : value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}
