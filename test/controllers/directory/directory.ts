import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { type Controllers, type DirectoryOptions, startDirectoryControllers } from '../../../controllers/main.ts';
import type { Condition } from '../../../controllers/resources/conditions.ts';
import { eventually } from '../../helpers/eventually.ts';
import { mails } from '../../helpers/mails.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { memoryLog } from '../../helpers/widgets.ts';

type LogLine = ReturnType<typeof memoryLog>['lines'][number];

/** A status file. */
export interface Reported {
  readonly metadata: { readonly generation: number; readonly uid: string };
  readonly status: { readonly id?: string; readonly observedGeneration: number; readonly conditions: readonly Condition[] };
}

/** What the tests of the directory source work with; the directories are new for each test. */
export interface DirectoryTests {
  tenet: TestTenet;
  /** Where the manifest directory lies, and a status directory for each replica. */
  home: string;
  directory: string;
  /** Stopped after each test. */
  readonly running: Controllers[];
  start(options?: Partial<DirectoryOptions> & { replica?: string }): Promise<Controllers>;
  stop(controllers: Controllers): Promise<void>;
  /** Puts a file with these manifests in place at once. */
  write(file: string, ...manifests: (object | string)[]): void;
  /** The status file of `Organization.acme` or `Project.default.web`. */
  reported(name: string, replica?: string): Reported;
  condition(name: string, type: string, replica?: string): Condition | undefined;
  isReady(name: string, generation?: number, replica?: string): Promise<Reported>;
  /** Rows of the database, seen by its owner. */
  rows(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]>;
  stateOf(table: 'organizations' | 'projects', name: string): Promise<unknown>;
  /** What the log says is wrong with the files. */
  problems(): string[];
  /** The lines of the log with this message. */
  messages(message: string): LogLine[];
}

/** Lets the namespace of a directory's projects bring projects. */
export const inDefault = {
  allowedProjects: { namespaces: { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } } },
};

/** An Organization manifest. */
export function organization(name: string, spec: object = {}, metadata: object = {}): object {
  return { apiVersion: 'tenet.dev/v1alpha1', kind: 'Organization', metadata: { name, ...metadata }, spec: { displayName: name, ...spec } };
}

/** A Project manifest without a namespace. */
export function project(name: string, of: string, spec: object = {}): object {
  return {
    apiVersion: 'tenet.dev/v1alpha1',
    kind: 'Project',
    metadata: { name },
    spec: { displayName: name, organizationRef: { name: of }, ...spec },
  };
}

/** Sets up the group of tests that calls it: Tenet once, and a manifest directory for each test. */
export function directoryTests(): DirectoryTests {
  let client: pg.Client;
  let log: ReturnType<typeof memoryLog>;

  const tests: DirectoryTests = {
    // Set before a test sees them.
    tenet: undefined as never,
    home: '',
    directory: '',
    running: [],
    async start({ replica = 'status', ...rest } = {}) {
      const { directory, home, tenet } = tests;
      const { database, databaseUrl, policies, keyring } = tenet;
      const controllers = await startDirectoryControllers({
        ...{ database, databaseUrl, policies, keyring, mails, log, registry: new Registry(), say: () => undefined, prune: false },
        appsDriver: 'off',
        directory,
        statusDirectory: join(home, replica),
        ...rest,
        // So rarely that what is seen has been watched, unless a test says otherwise.
        times: { debounceMs: 50, rescanMs: 600_000, graceMs: 300, retryMs: 200, ...rest.times },
      });
      tests.running.push(controllers);
      return controllers;
    },
    async stop(controllers) {
      const index = tests.running.indexOf(controllers);
      if (index >= 0) tests.running.splice(index, 1);
      await controllers.stop();
    },
    write(file, ...manifests) {
      const { directory } = tests;
      const text = manifests.map((manifest) => (typeof manifest === 'string' ? manifest : stringify(manifest))).join('---\n');
      writeFileSync(join(directory, `.${file}`), text);
      renameSync(join(directory, `.${file}`), join(directory, file));
    },
    reported: (name, replica = 'status') => parse(readFileSync(join(tests.home, replica, `${name}.yaml`), 'utf8')),
    condition: (name, type, replica) => tests.reported(name, replica).status.conditions.find((one) => one.type === type),
    isReady: (name, generation, replica) =>
      eventually(() => {
        expect(tests.condition(name, 'Ready', replica)).to.include({ status: 'True' });
        const { status } = tests.reported(name, replica);
        if (generation !== undefined) expect(status.observedGeneration).to.equal(generation);
        return tests.reported(name, replica);
      }),
    rows: async (text, ...values) => (await client.query(text, values)).rows,
    stateOf: async (table, name) =>
      (await tests.rows(`select state, managed_by is not null as managed, name from ${table} where name = $1`, name))[0],
    problems: () =>
      log.lines.flatMap(({ fields }) => ((fields as { problem?: string }).problem ? [(fields as { problem: string }).problem] : [])),
    messages: (message) => log.lines.filter((line) => line.message === message),
  };

  before(async () => {
    tests.tenet = await startTenet();
    client = new pg.Client({ connectionString: tests.tenet.databaseUrl });
    await client.connect();
    await client.query('set search_path = tenet');
  });
  after(async () => {
    await client?.end();
    await tests.tenet?.stop();
  });
  beforeEach(() => {
    tests.home = mkdtempSync(join(tmpdir(), 'tenet-directory-'));
    tests.directory = join(tests.home, 'manifests');
    mkdirSync(tests.directory);
    log = memoryLog();
  });
  afterEach(async () => {
    for (const controllers of tests.running.splice(0)) await controllers.stop();
    rmSync(tests.home, { recursive: true, force: true });
  });

  return tests;
}
