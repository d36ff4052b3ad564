import { recordOfSupport } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { AlreadyExists, FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { enqueueMails } from '../jobs/jobs.ts';
import { type SupportAccess, toSupportAccess } from './support-access-rows.ts';
import { checkTerms, expireSupportAccesses, insertSupportAccess, isOperator, ofOrganization } from './support-accesses.ts';

/** All organizations together send an operator no more mails than these. */
const offersToOperatorPerDay = 50;

interface Offer {
  readonly organizationId: string;
  readonly operatorId: string;
  readonly role: string;
  readonly reason: string;
  readonly minutes: number;
}

/** The user is no operator, or there is no such user: which of both, no answer says. */
export class NoOperator extends InvalidInput {
  constructor() {
    const detail = 'must be the id of an operator: ask them for it';
    super('Support access can be offered to an operator of the installation alone.', [{ pointer: '#/operatorId', detail }]);
  }
}

/**
 * Gives an operator, who gets a mail, a role that only support holds, without having been asked. Throws NoOperator, InvalidInput for a role that
 * support does not hold or for the caller themselves, AlreadyExists while an access of the operator is open in the organization, and RateLimited.
 */
export async function offerSupportAccess(db: Db, actor: Actor, input: Offer): Promise<SupportAccess> {
  const { organizationId, operatorId, role, reason, minutes } = input;
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new FailedPrecondition('failed-precondition', 'A person offers support access, and no key.');
  if (subject.id === operatorId)
    throw new InvalidInput('You cannot let yourself in.', [{ pointer: '#/operatorId', detail: 'must be the id of another person' }]);
  const org_id = toUuid('organization', organizationId);
  const { blueprint } = await actor.engine({ organizationId });
  checkTerms(blueprint!, input);
  // Before it is known who it is for, so that no refusal says it.
  const refusal = 'No more support accesses can be offered to this operator today. Try again tomorrow.';
  await spend(db, [
    ofOrganization(organizationId),
    { kind: 'support-to-operator', subject: operatorId, amount: 1, limit: offersToOperatorPerDay, refusal, isShared: true },
  ]);
  const operator_id = toUuid('user', operatorId);
  if (!(await isOperator(db, actor, operatorId, { lock: true }))) throw new NoOperator();
  await expireSupportAccesses(db, actor, { organization: org_id });
  const row = await insertSupportAccess(db, { org_id, operator_id, role, reason, minutes, offered_by: actor.name }, true);
  if (!row) throw new AlreadyExists('The operator has an open support access to this organization. Answer or end that one.');
  const access = toSupportAccess(row);
  await recordOfSupport(db, actor, { organizationId, action: 'support-access.offer', target: access.id, after: access });
  const payload = { organizationId, supportAccessId: access.id, userId: operatorId };
  await enqueueMails(db, actor, 'send-support-request', [{ payload, to: operatorId }]);
  return access;
}
