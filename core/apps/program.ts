/** A variable that the environment of a program has. */
export interface ProgramVariable {
  readonly name: string;
  readonly description?: string;
  readonly required?: boolean;
  /** Its value is a secret, so it is given by reference and never as a text. */
  readonly secret?: boolean;
  readonly default?: string;
}

/** Within so many seconds of its start a program takes requests, unless it says otherwise. */
export const usualStartSeconds = 60;
/** A program that took requests and has taken none for so many seconds is started anew. */
export const silentSeconds = 60;

/** What runs when an application of the catalogue is installed. Operators write it; no text of a tenant is in it. */
export interface Program {
  /** For clusters. */
  readonly image?: string;
  /** For one machine: the path of a program. In a cluster it takes the place of the entry point of the image. */
  readonly command?: string;
  readonly args?: readonly string[];
  /** Where it listens in a cluster. On one machine the port is a free one. In both it is in PORT. */
  readonly port: number;
  /** A path that is answered with 2xx once it takes requests. Without one it is enough that it listens. */
  readonly healthPath?: string;
  /** Seconds within which it takes requests after its start; `usualStartSeconds` where it does not say. */
  readonly startSeconds?: number;
  /** Where its data is in a cluster. On one machine it is a directory of its own. In both it is in DATA_DIRECTORY. */
  readonly dataDirectory?: string;
}

/** How an application is paid for. */
export type PriceKind = 'MONTHLY' | 'ANNUAL' | 'ONE_TIME' | 'LIFETIME';

/** A price of an application; `amount` counts the smallest unit of the currency. */
export interface Price {
  readonly kind: PriceKind;
  readonly amount: number;
  readonly currency: string;
}
