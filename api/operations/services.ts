import type { Planner } from '../../core/access-plans/planner.ts';
import type { Occasion } from '../../core/authorization/decision-log/batch.ts';
import type { Decision } from '../../core/authorization/decisions/decide.ts';
import type { LivePolicies } from '../../core/authorization/store/live-policies.ts';
import type { Config } from '../../core/base/config.ts';
import type { InputError } from '../../core/base/errors.ts';
import type { Keyring } from '../../core/base/keyring.ts';
import type { ExportContent } from '../../core/delivery/exports.ts';
import type { Replayer } from '../../core/policies/replayer.ts';
import type { Reviewer } from '../../core/policies/reviewer.ts';
import type { Pseudonyms } from '../../core/policy-snapshots/pseudonyms.ts';
import type { CompiledStores } from '../../core/policy-stores/compiled-stores.ts';
import type { StoreChecker } from '../../core/policy-stores/store-checker.ts';
import type { StorePlanner } from '../../core/policy-stores/store-planner.ts';
import type { StoreReplayer } from '../../core/policy-stores/store-replayer.ts';
import type { SigningKeys } from '../authentication/signing-keys.ts';
import type { Page as ReferencePage } from '../docs/reference.ts';

/** Hears of a decision: what it was taken for, and in which request. */
export type OnDecision = (decision: Decision, requestId: string, occasion: Occasion) => void;

/** What handlers need besides their request. */
export interface Services {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly signingKeys: SigningKeys;
  readonly policies: LivePolicies;
  readonly reviewer: Reviewer;
  readonly planner: Planner;
  readonly replayer: Replayer;
  readonly storeChecker: StoreChecker;
  readonly storePlanner: StorePlanner;
  readonly storeReplayer: StoreReplayer;
  readonly compiledStores: CompiledStores;
  /** Ends what was found in public, by the credential alone. */
  readonly revokeLeaked: (leak: { credential: string; requestId: string }) => Promise<void>;
  /** The content of an export, piece by piece, behind the transaction that allows it. */
  readonly exportContent: (content: ExportContent) => AsyncIterable<Buffer>;
  /** Records a download by a link and says what its content is, by the token alone. Throws NotFound. */
  readonly openExportLink: (link: { token: string; requestId: string }) => Promise<ExportContent>;
  /** The last lines that an installed application has written. Throws FailedPrecondition where this server runs none. */
  readonly instanceLogs: (instanceId: string, options: { lines: number }) => Promise<string[]>;
  /** The pseudonyms of the snapshots of this installation. */
  readonly pseudonyms: Pseudonyms;
  /** The bytes of a snapshot of who holds what, behind the transaction that allows it. */
  readonly policySnapshot: () => AsyncIterable<Buffer>;
  /** Where callers reach the API, without a slash at the end. */
  readonly publicUrl: () => string;
  /** The text of the contract, as YAML and as JSON, once it is loaded. */
  readonly document: () => { readonly yaml: string; readonly json: string };
  readonly onDecision: OnDecision;
  /** What the contract finds in a body of an operation. */
  readonly bodyErrors: (operationId: string, body: unknown) => InputError[];
  /** The page of /docs/plain. */
  readonly reference: () => ReferencePage;
  /** What readiness depends on, each with its state. */
  readonly checks: () => Promise<{ name: string; state: 'OK' | 'DEGRADED' | 'FAILING'; detail?: string }[]>;
}
