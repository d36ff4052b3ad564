import type { Program } from './program.ts';

/** An instance as it shall run, with everything that a driver needs to make it so. */
export interface DesiredInstance {
  /** `inst_...` */
  readonly id: string;
  readonly organizationId: string;
  /** 0: nothing runs, and the data stays. */
  readonly replicas: 0 | 1;
  /** Another generation is another start of the program. */
  readonly generation: number;
  readonly program: Program;
  /** The variables of the program, with the secrets in them. They go nowhere but into its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where a program is reached from inside. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What is there of an instance at a moment. */
export interface Observed {
  /** ABSENT: nothing, perhaps its data. STOPPED: nothing runs because that is desired. FAILED: it shall run and does not; `message` says why. */
  readonly phase: 'ABSENT' | 'STARTING' | 'RUNNING' | 'STOPPED' | 'FAILED';
  /** The generation of what runs or failed. */
  readonly generation?: number;
  readonly address?: Address;
  /** A sentence for who installed it, without anything secret. */
  readonly message?: string;
}

/** What runs programs: processes of one machine, or a cluster. The manager alone calls it, one call at a time for an instance. */
export interface Driver {
  /** Makes it so, or begins to: observe says when it is. To call it again does no harm. */
  apply(desired: DesiredInstance): Promise<void>;
  observe(id: string): Promise<Observed>;
  /** Takes everything of it away, and its data as well if that is said. What is not there is no error. */
  remove(id: string, options: { readonly deleteData: boolean }): Promise<void>;
  /** The last lines of what the program has written, oldest first. */
  logs(id: string, options: { readonly lines: number }): Promise<string[]>;
}

/** A driver that was started. */
export interface StartedDriver extends Driver {
  /** Calls back when something of an instance may have changed, so that the manager need not wait for its next look. */
  onChange(listener: (id: string) => void): void;
  /** Ends the watching, and nothing that runs: another process takes it over. */
  release(): Promise<void>;
  /** Ends the programs that cannot go on without this process, after its release. Their data stays. */
  endPrograms(): Promise<void>;
}
