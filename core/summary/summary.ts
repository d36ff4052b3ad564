import type { Actor } from '../authorization/decisions/actor.ts';
import { allows } from '../authorization/decisions/decide.ts';
import { anyProjectOf } from '../authorization/policy/domain.ts';
import { keptType } from '../authorization/policy/resource-types.ts';
import { toUuid } from '../base/ids.ts';
import { etagOfContent } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import type { Organization } from '../organizations/organizations.ts';
import { projectReach } from '../organizations/projects.ts';
import { type Attention, attentionIn } from './attention.ts';
import { type BlockName, type BlockValues, blocks, readBlocks } from './blocks.ts';

/** The numbers of a dashboard; a part that the caller may not see is absent. */
export interface Summary extends Partial<BlockValues> {
  readonly organizationId: string;
  readonly state: Organization['state'];
  readonly attention: Attention[];
  readonly quickActions: string[];
  readonly etag: string;
}

/** What a dashboard offers to do, where the caller may. */
const quickActions = [
  ['invitation', 'create'],
  ['project', 'create'],
  ['instance', 'create'],
  ['service-account', 'create'],
  ['api-key', 'create'],
  ['webhook', 'create'],
  ['export', 'create'],
  ['billing-profile', 'update'],
  ['organization', 'update'],
] as const;

/** The numbers that the caller may see, by one statement; what the parts ask is answered by the policy in memory. */
export async function getSummary(db: Db, actor: Actor, { organizationId }: { organizationId: string }): Promise<Summary> {
  const place = { organizationId };
  const [held, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
  const known = new Set(engine.permissions('org').map(({ resource, action }) => `${resource}:${action}`));
  const may = (resource: string, action: string) => known.has(`${resource}:${action}`) && allows(engine, held, resource, action);
  const anywhere = { ...held, domain: anyProjectOf(place) };
  const inProjects = new Set(engine.permissions('project').map(({ resource, action }) => `${resource}:${action}`));
  const mayInProjects = (resource: string) => inProjects.has(`${resource}:list`) && allows(engine, anywhere, resource, 'list');

  const names = (Object.keys(blocks) as BlockName[]).filter((name) => may(blocks[name].permission[0], blocks[name].permission[1]));
  const types = (engine.blueprint?.resourceTypes ?? []).map(({ name }) => name);
  const meters = (engine.blueprint?.meters ?? []).map(({ name, unit, currency }) => ({ meter: name, unit, currency }));
  const kept = (level: 'org' | 'project') => types.filter((name) => keptType(engine.blueprint, name, level));
  const reach = names.includes('projects') || names.includes('instances') ? await projectReach(db, actor, organizationId) : undefined;
  const nowhere = { everywhere: false, except: [] };
  const projects = reach?.('project', 'read') ?? nowhere;
  const instances = reach?.('instance', 'list') ?? nowhere;
  const { state, ...read } = await readBlocks(db, {
    org: toUuid('organization', organizationId),
    shown: names,
    meters: JSON.stringify(meters),
    wide_accounts: mayInProjects('service-account'),
    wide_keys: mayInProjects('api-key'),
    types: kept('org').filter((type) => may(type, 'list')),
    wide_types: kept('project').filter(mayInProjects),
    ...projects,
    instances_everywhere: instances.everywhere,
    instances_except: instances.except,
  });
  const { instanceFaults: _faults, ...shown } = read;
  const summary = {
    ...{ organizationId, state },
    ...shown,
    attention: attentionIn(state, read),
    quickActions: quickActions.filter(([resource, action]) => may(resource, action)).map((permission) => permission.join(':')),
  };
  return { ...summary, etag: etagOfContent(summary) };
}
