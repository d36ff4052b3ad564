import { expect } from 'chai';
import { decideWith } from '../../../../core/authorization/decisions/decide.ts';
import { findMissing } from '../../../../core/authorization/decisions/roles.ts';
import type { Snapshot } from '../../../../core/authorization/decisions/snapshot.ts';
import { createEngine } from '../../../../core/authorization/engine/engine.ts';
import { domainOf } from '../../../../core/authorization/policy/domain.ts';
import { readPolicies } from '../../../../core/authorization/review/files.ts';
import { newId } from '../../../../core/base/ids.ts';
import { policyDirectory } from '../contents.ts';

describe('The authority to give a role', () => {
  it('stays with those whose organization has switched off what is in the role, who may not use it meanwhile', async () => {
    const contents = await readPolicies(policyDirectory);
    const engine = createEngine(contents.filter(({ scope }) => scope === 'platform' || scope === 'blueprint/ai-spaces'));
    const organizationId = newId('organization');
    const held = {
      roles: Object.freeze(['ai-spaces/org.admin']),
      domain: domainOf({ organizationId }),
      restricted: new Map([['model', []]]),
    };
    const snapshot = { ...held, subject: { id: newId('user'), type: 'user' }, revisions: [], exists: true } as unknown as Snapshot;
    const gift = (permission: string) => ({ tier: 'project.viewer', permissions: [{ permission, level: 'project' as const }] });
    const domain = domainOf({ organizationId, projectId: newId('project') });
    expect(decideWith(engine, { ...snapshot, domain }, 'model', 'use').allowed).to.equal(false);
    expect(findMissing(engine, snapshot, gift('model:use'))).to.equal(undefined);
    expect(findMissing(engine, snapshot, gift('model:create'))?.allowed).to.equal(false);
  });
});
