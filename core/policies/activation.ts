import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { type ActivationWay, revisionBefore, wasInForce } from '../authorization/store/activations.ts';
import {
  type Head,
  listHeads,
  listHeadsOfFiles,
  loadContent,
  moveHead,
  openRollout,
  refuseMove,
} from '../authorization/store/revisions.ts';
import { findRollout } from '../authorization/store/rollouts.ts';
import { InvalidInput, NotFound } from '../base/errors.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import type { Db } from '../database/database.ts';
import { refuseChangedMeters } from './changed-meters.ts';
import { contentBefore, refuseRemovedRoles } from './removed-roles.ts';
import { inOrder } from './review.ts';
import type { Reviewer } from './reviewer.ts';
import { isEmptyMapping, keepTopRoles, mapRoles, type RoleMapping, withoutKind } from './role-mapping.ts';
import { cancelOpen } from './rollout-ends.ts';
import { demandServed, demandSigned } from './signatures.ts';

/** Keeps what is in force as it is until the transaction ends: two heads that moved at once would each be checked without the other. */
export async function lockPolicies(db: Db): Promise<void> {
  await db.raw("select pg_advisory_xact_lock(hashtext('tenet.policy'))");
}

/** Which revision of which scope shall be in force, where the head was seen and why. */
export interface Activating {
  readonly scope: string;
  readonly revision: number;
  readonly expected: string | null | undefined;
  readonly reason?: string | undefined;
  readonly roleMapping?: RoleMapping | undefined;
  /** How it comes into force; PROPOSAL unless something else is said. */
  readonly how?: ActivationWay;
  /** The keys one of which must have signed it; none: that is not asked. */
  readonly keys: readonly PolicyKey[];
  /** Also where replicas run that would not decide by it, for want of a signature. */
  readonly allowUnsigned?: boolean | undefined;
  /** The open rollout that this ends. */
  readonly rollout?: string;
  /** Reads the organizations (uuid) in which the candidate of the rollout does not decide already; undefined where it decides in none. */
  readonly only?: (() => Promise<readonly string[]>) | undefined;
}

/** Who activates, and what checks the revision beside the others. */
export type Activator = Pick<Actor, 'name' | 'requestId' | 'effects'>;
export type Checks = Pick<Reviewer, 'demandRoom' | 'check'>;

/**
 * Puts one stored revision into force. One that is in force stays as it is, and nothing is recorded: a request that is sent again makes no second entry of
 * the history. Throws InvalidInput when it does not hold together with the other scopes in force.
 */
export async function activateRevision(db: Db, actor: Activator, reviewer: Checks, input: Activating): Promise<Head> {
  const before = await headToMove(db, reviewer, input.scope);
  const { scope, revision, expected, roleMapping } = input;
  if (before?.revision === revision && isEmptyMapping(roleMapping)) {
    await refuseMove(db, scope, { revision, expected });
    return before;
  }
  return activate(db, actor, reviewer, before, input);
}

/**
 * Puts an earlier revision into force again, with the rails of every activation: that of `revision`, else what was in force before. It is a new entry of
 * the history. While a rollout is open it cancels that instead, without waiting for any check. Throws InvalidInput for a revision that was never in force, or is.
 */
export async function rollBack(
  db: Db,
  actor: Activator,
  reviewer: Checks,
  { revision, ...input }: Omit<Activating, 'revision' | 'how'> & { readonly revision?: number | undefined; readonly reason: string },
): Promise<Head> {
  const { scope } = input;
  const cancelled = await cancelInstead(db, actor, { revision, ...input });
  if (cancelled) return cancelled;
  const head = await headToMove(db, reviewer, scope);
  if (!head) throw new NotFound();
  await refuseMove(db, scope, { revision: head.revision, expected: input.expected });
  const target = revision ?? (await revisionBefore(db, scope, head.revision));
  const refuse = (detail: string, sentence: string): never => {
    throw new InvalidInput(sentence, [{ pointer: '#/revision', detail }]);
  };
  const name = scopeName(scope);
  if (target === undefined)
    return refuse('must name the revision to go back to', `The history of ${name} has nothing before revision ${head.revision}.`);
  if (target === head.revision) return refuse('must be another one than that in force', `Revision ${target} of ${name} is in force.`);
  if (!(await wasInForce(db, scope, target)))
    return refuse(
      'must have been in force, as the history shows; to put another one in force replace the head',
      `Revision ${target} of ${name} was never in force.`,
    );
  return activate(db, actor, reviewer, head, { ...input, revision: target, how: 'ROLLBACK' });
}

/** Going back while a rollout is open means that its candidate decides no more. Undefined where none is open. */
async function cancelInstead(
  db: Db,
  actor: Activator,
  { scope, revision, expected, reason }: Pick<Activating, 'scope' | 'expected'> & { revision: number | undefined; reason: string },
): Promise<Head | undefined> {
  const [head] = await listHeads(db, [scope]);
  if (!head?.rollout) return undefined;
  const { id } = head.rollout;
  if (revision !== undefined && revision !== head.revision) throw openRollout(scope, id);
  await refuseMove(db, scope, { revision: head.revision, expected, rollout: id }, { lock: true });
  await cancelOpen(db, actor, (await findRollout(db, id))!, reason);
  const [after] = await listHeads(db, [scope]);
  return after;
}

/** The head of a scope behind the lock of the policies: what is chosen or checked by what is in force holds until the transaction ends. */
export async function headToMove(db: Db, reviewer: Checks, scope: string): Promise<Head | undefined> {
  if (scope.startsWith('org_')) throw new InvalidInput('The policy of an organization follows its roles: change these.');
  reviewer.demandRoom();
  await lockPolicies(db);
  const [head] = await listHeads(db, [scope]);
  return head;
}

/** Behind headToMove. Throws InvalidInput when the revision does not hold together with the other scopes in force. */
export async function activate(
  db: Db,
  actor: Activator,
  reviewer: Checks,
  before: Head | undefined,
  { scope, revision, expected, reason, roleMapping, how = 'PROPOSAL', keys, allowUnsigned, rollout, only }: Activating,
): Promise<Head> {
  await refuseMove(db, scope, { revision, expected, rollout });
  const content = await demandActivatable(db, reviewer, { scope, revision, keys, allowUnsigned });
  const mapping = roleMapping && withoutKind(roleMapping, content);
  // Only now, because grants wait for a head that moves.
  const head = await moveHead(db, scope, { revision, expected, how, by: actor.name, reason, rollout });
  const { events } = actor.effects;
  const first = events.length;
  await replaceRoles(db, actor, before, { content, mapping: () => mapping });
  // A role of the platform does not reach into organizations: whom they have invited is not for a policy administrator.
  for (const event of events.slice(first)) event.isDiscreet = true;
  await recordActivation(db, actor, scope, before, { revision, reason, roleMapping: mapping });
  actor.effects.policies.push(async () => ({ contents: [content], mapping, ...(only && { only: await only() }) }));
  return head;
}

/** The content of a revision that may come into force: it is signed, where this process or a running replica asks for that, counts usage as before, and holds together with the other scopes. Throws NotFound, FailedPrecondition and InvalidInput. */
export async function demandActivatable(
  db: Db,
  reviewer: Checks,
  { scope, revision, keys, allowUnsigned = false }: Pick<Activating, 'scope' | 'revision' | 'keys' | 'allowUnsigned'>,
): Promise<PolicyContent> {
  const content = await loadContent(db, scope, revision);
  const signed = { scope, sha256: digest(content) };
  await demandSigned(db, keys, signed);
  if (!allowUnsigned) await demandServed(db, signed);
  await refuseChangedMeters(db, content);
  await reviewer.check(scope, inOrder([...(await contentsBeside(db, scope)), content]));
  return content;
}

/** Gives the roles that a content lacks over to others, and refuses it while some are still held or offered. Behind the move of the head, which has waited for the grants that are being made. */
export async function replaceRoles(
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  head: Head | undefined,
  { content, mapping }: { readonly content: PolicyContent; mapping(before: PolicyContent | undefined): RoleMapping | undefined },
): Promise<RoleMapping | undefined> {
  if (head === undefined) return undefined;
  const before = await contentBefore(db, head);
  const chosen = mapping(before);
  if (chosen) await mapRoles(db, actor, { before, after: content }, chosen);
  await refuseRemovedRoles(db, before, content);
  const top = before?.blueprint?.topRole;
  await keepTopRoles(db, content, top === undefined ? undefined : (chosen?.rename?.[top] ?? top));
  return chosen;
}

/** The contents in force that a change of this scope is checked with: blueprints do not see each other, so for one of them the platform alone. */
export function contentsBeside(db: Db, changed: string): Promise<PolicyContent[]> {
  return contentsInForce(db, (scope) => (changed.startsWith('blueprint/') ? scope === 'platform' : scope !== changed));
}

/** The contents in force of the platform and the kinds of organization, as far as they are wanted. */
export async function contentsInForce(db: Db, isWanted: (scope: string) => boolean): Promise<PolicyContent[]> {
  const heads = (await listHeadsOfFiles(db)).filter(({ scope }) => isWanted(scope));
  const contents: PolicyContent[] = [];
  for (const { scope, revision } of heads) contents.push(await loadContent(db, scope, revision));
  return contents;
}

export async function recordActivation(
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  scope: string,
  before: Head | undefined,
  after: { readonly revision: number; readonly reason?: string | undefined; readonly roleMapping?: RoleMapping | undefined },
): Promise<void> {
  await record(db, actor, {
    action: 'policy.activate',
    target: scopeName(scope),
    before: before && { revision: before.revision },
    after: {
      revision: after.revision,
      ...(after.reason === undefined ? {} : { reason: after.reason }),
      ...(after.roleMapping && { roleMapping: after.roleMapping }),
    },
  });
}
