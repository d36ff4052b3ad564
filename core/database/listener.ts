import pg from 'pg';

/** What the database tells while it happens. */
export interface Listener {
  /** Whether everything that was notified until a moment ago has arrived. False from the first doubt on. */
  healthy(): boolean;
  stop(): Promise<void>;
}

export interface ListenerOptions {
  readonly url: string;
  readonly channels: readonly string[];
  readonly onNotification: (channel: string, payload: string) => void;
  /** Notifications may have been lost: forget what was derived from them. */
  readonly onGap: () => void;
  readonly onError: (error: Error) => void;
}

/** Milliseconds between proofs of life, and how long one may take: their sum bounds how stale a deaf listener can be believed to be fresh. */
const heartbeat = { every: 1_000, within: 1_000 };

/**
 * Listens on a connection of its own and reconnects for ever. NOTIFY is lost while disconnected, so every connection begins
 * with onGap; a connection that does not answer its heartbeat in time counts as lost.
 */
export function startListener(options: ListenerOptions): Listener {
  let client: pg.Client | undefined;
  let healthy = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let delay = 100;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: options.url,
      application_name: 'tenet-listener',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    next.on('notification', ({ channel, payload }) => options.onNotification(channel, payload ?? ''));
    next.on('error', (error) => lose(next, error));
    next.on('end', () => lose(next, new Error('the connection ended')));
    try {
      await next.connect();
      for (const channel of options.channels) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      void next.end().catch(() => undefined);
      return retry(error as Error);
    }
    if (stopped) return void next.end();
    client = next;
    options.onGap();
    healthy = true;
    delay = 100;
    timer = setTimeout(() => void beat(next), heartbeat.every);
  }

  async function beat(current: pg.Client): Promise<void> {
    const late = setTimeout(() => lose(current, new Error('no answer to the heartbeat')), heartbeat.within);
    try {
      await current.query('select 1');
      if (client === current && !stopped) timer = setTimeout(() => void beat(current), heartbeat.every);
    } catch (error) {
      lose(current, error as Error);
    } finally {
      clearTimeout(late);
    }
  }

  function lose(lost: pg.Client, error: Error): void {
    if (lost !== client || stopped) return;
    client = undefined;
    healthy = false;
    clearTimeout(timer);
    options.onGap();
    // A half-open connection would wait for ever to be closed politely.
    destroy(lost);
    retry(error);
  }

  function retry(error: Error): void {
    if (stopped) return;
    options.onError(error);
    timer = setTimeout(() => void connect(), delay);
    delay = Math.min(delay * 2, 5_000);
  }

  void connect();
  return {
    healthy: () => healthy,
    async stop() {
      stopped = true;
      healthy = false;
      clearTimeout(timer);
      if (!client) return;
      const last = client;
      const cut = setTimeout(() => destroy(last), heartbeat.within);
      await last.end().catch(() => undefined);
      clearTimeout(cut);
    },
  };
}

function destroy(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
