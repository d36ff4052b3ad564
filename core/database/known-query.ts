import { createRequire } from 'node:module';
import pg from 'pg';
import type { Callback } from './connection.ts';

/** The name under which every connection has prepared the statement that sets a setting. */
export const setStatement = 'tenet-set';

type Setting = readonly [name: string, value: string];

/** What a connection has learned of the rows of its prepared statements, by their names. */
export type Descriptions = Map<string, Description>;

/** How the rows of a statement are read: what pg makes of a RowDescription. */
interface Description {
  readonly fields: unknown;
  readonly _parsers: unknown;
  readonly _prebuiltEmptyResultObject: unknown;
}

/** The part of pg's connection that a query writes to. */
interface Wire {
  bind(options: { statement: string; values: readonly unknown[]; valueMapper?: (value: unknown) => unknown }): void;
  execute(options: object): void;
  sync(): void;
}

/** What pg calls on a query while it is sent and answered. */
interface PgQuery {
  new (
    text: string,
    values: unknown[] | undefined,
    callback: Callback,
  ): {
    name: string | undefined;
    queryMode: string;
    readonly values: unknown[] | undefined;
    readonly _result: Description;
    _accumulateRows: boolean;
    prepare(wire: Wire): void;
    handleRowDescription(message: object): void;
    handleDataRow(message: object): void;
    handleCommandComplete(message: object, wire: Wire): void;
    handleError(error: Error, wire: Wire): void;
  };
}

const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as { prepareValue(value: unknown): unknown };

/**
 * A statement with settings before it and one Sync behind all, which makes them one transaction without a begin and a commit unless one is
 * open (PostgreSQL, Frontend/Backend Protocol, Extended Query): the scope cannot stay behind on the connection. A prepared statement is
 * described once for each connection: its session refuses to bind one whose columns have changed since. A pooler that swaps sessions would
 * break that, and is refused at the start (core/database/session.ts).
 */
export class KnownQuery extends (pg.Query as unknown as PgQuery) {
  readonly #settings: readonly Setting[];
  readonly #descriptions: Descriptions;
  #settled = 0;

  constructor(
    { text, values, name }: { text: string; values?: unknown[]; name?: string },
    settings: readonly Setting[],
    descriptions: Descriptions,
    callback: Callback,
  ) {
    // Given a text, pg makes a query at once; it would first copy a configuration object, property descriptors and all.
    super(text, values, callback);
    this.name = name;
    this.queryMode = 'extended';
    this.#settings = settings;
    this.#descriptions = descriptions;
  }

  override prepare(wire: Wire): void {
    for (const values of this.#settings) {
      wire.bind({ statement: setStatement, values });
      wire.execute({});
    }
    const known = this.name ? this.#descriptions.get(this.name) : undefined;
    if (!known) {
      super.prepare(wire);
      return;
    }
    Object.assign(this._result, known);
    this._accumulateRows = true;
    try {
      wire.bind({ statement: this.name!, values: this.values ?? [], valueMapper: prepareValue });
    } catch (error) {
      wire.sync();
      this.handleError(error as Error, wire);
      return;
    }
    wire.execute({});
    wire.sync();
  }

  override handleRowDescription(message: object): void {
    super.handleRowDescription(message);
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
    if (this.name) this.#descriptions.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject });
  }

  override handleDataRow(message: object): void {
    if (this.#settled === this.#settings.length) super.handleDataRow(message);
  }

  override handleCommandComplete(message: object, wire: Wire): void {
    if (this.#settled === this.#settings.length) super.handleCommandComplete(message, wire);
    else this.#settled += 1;
  }
}
