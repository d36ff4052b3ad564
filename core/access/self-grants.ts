import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { objectOf, tierOf } from '../authorization/decisions/roles.ts';
import { authorityOf } from '../authorization/decisions/subjects.ts';
import { administrationOf, type Blueprint, roleName } from '../authorization/policy/blueprint.ts';
import { qualifiedRole } from '../authorization/policy/vocabulary.ts';
import { FailedPrecondition } from '../base/errors.ts';
import type { SubjectColumns } from './grant-subjects.ts';

/** In the order in which they count: of several roles that may give it, the one that may do most. */
const outcomes = ['allowed', 'audited', 'refused'] as const;

/**
 * Whether the actor gives to themselves, directly or by a role of theirs, what they may give without holding it. Throws not-to-oneself where
 * the kind of organization refuses that, and returns what the audit event says about it.
 */
export async function checkSelfGrant(actor: Actor, place: Place, role: string, subject: SubjectColumns): Promise<{ toSelf?: true }> {
  // A key gives to itself what it gives to its owner.
  const self = authorityOf(actor.principal.subject);
  if (self === undefined) return {};
  const [snapshot, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
  const blueprint = engine.blueprint!;
  const isSelf =
    subject.subject_role === null
      ? (subject.user_id ?? subject.service_account_id) === self.uuid
      : snapshot.roles.includes(qualifiedRole(blueprint.name, subject.subject_role));
  if (!isSelf) return {};
  const mayGive = (name: string) => {
    const question = { roles: engine.roleSet([name]), domain: snapshot.domain, resource: objectOf(engine, role), action: 'assign' };
    return engine.decide(question).allowed;
  };
  switch (outcomeOf(blueprint, snapshot.roles.filter(mayGive), tierOf(engine, role))) {
    case 'refused':
      throw new FailedPrecondition(
        'not-to-oneself',
        `You may give ${role} to others and not to yourself, because you do not hold what is in it.`,
      );
    case 'audited':
      return { toSelf: true };
    default:
      return {};
  }
}

function outcomeOf(blueprint: Blueprint, givers: readonly string[], role: string): (typeof outcomes)[number] {
  const said = givers.map((name) => {
    const giver = blueprint.roles.find(({ id }) => roleName(blueprint, id) === name);
    // Without an exception the giver holds what is in it.
    return (giver && administrationOf(blueprint, giver.id, role)?.toSelf) ?? 'allowed';
  });
  return outcomes.find((outcome) => said.includes(outcome)) ?? 'allowed';
}
