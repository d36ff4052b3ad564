import { expect } from 'chai';
import { type Blueprint, blueprintSchema } from '../../../../core/authorization/policy/blueprint.ts';
import { house } from '../contents.ts';

/** Where a blueprint with this change is refused: `path: message`. */
function refusals(change: Partial<Blueprint>): string[] {
  const { error } = blueprintSchema.safeParse({ ...house, ...change });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a blueprint', () => {
  it('lets a role in a project require roles in the organization, and nothing else', () => {
    const [caretaker, guest, painter] = house.roles as [Blueprint['roles'][number], Blueprint['roles'][number], Blueprint['roles'][number]];
    expect(refusals({ roles: [caretaker, guest, { ...painter, requires: ['org.guest'] }] })).to.deep.equal([]);
    expect(
      refusals({ roles: [caretaker, { ...guest, requires: ['org.owner-like'] }, { ...painter, requires: ['project.painter'] }] }),
    ).to.deep.equal([
      'roles.1.requires: must be left out of a role in the organization',
      'roles.2.requires.0: must be a role in the organization that can be given, not project.painter',
    ]);
  });

  it('lets roles administer access that are roles of its own, each pair once', () => {
    const entry = { giver: 'org.guest', gives: ['project.painter'], because: 'Guests choose painters.', toSelf: 'refused' as const };
    expect(refusals({ accessAdministration: [entry] })).to.deep.equal([]);
    expect(refusals({ accessAdministration: [{ ...entry, giver: 'org.nobody' }] })).to.deep.equal([
      'accessAdministration.0.giver: must be a role of this blueprint, not org.nobody',
    ]);
    expect(
      refusals({ accessAdministration: [entry, { ...entry, gives: ['org.owner-like', 'project.painter', 'project.poet'] }] }),
    ).to.deep.equal([
      'accessAdministration.1.gives.1: org.guest gives project.painter twice',
      'accessAdministration.1.gives.2: must be a role of this blueprint, not project.poet',
    ]);
  });
});
