import { expect } from 'chai';
import { decideWith } from '../../../core/authorization/decisions/decide.ts';
import { takeSnapshot } from '../../../core/authorization/decisions/snapshot.ts';
import type { Subject } from '../../../core/authorization/decisions/subjects.ts';
import { domainOf } from '../../../core/authorization/policy/domain.ts';
import { toId, toUuid } from '../../../core/base/ids.ts';
import type { OrganizationManifest } from '../../../core/manifests/organization.ts';
import { type OrganizationPlan, planManifests, type WantedManifests } from '../../../core/manifests/plan.ts';
import type { ProjectManifest } from '../../../core/manifests/project.ts';
import { rounds } from '../../helpers/rounds.ts';
import { type Chance, chanceOf } from '../access-plans/random-data.ts';
import { manifestTests } from './manifests.ts';

const known = ['ada@plan.example', 'bob@plan.example', 'carol@plan.example', 'dave@plan.example'];
const orgRoles = ['org.admin', 'org.manager', 'org.member'];

describe('planning manifests', () => {
  const tests = manifestTests();
  const users = new Map<string, string>();

  before(async () => {
    for (const email of known) users.set(email, await (await tests.tenet.as(email)).userId());
  });

  /** Random manifests of an organization with a project. */
  function manifestsOf(name: string, chance: Chance): { own: Partial<OrganizationManifest>; project: Partial<ProjectManifest> } {
    const some = <T>(list: readonly T[]): T[] => list.filter(() => chance.below(2) === 0);
    const custom = some(['reader', 'helper']);
    const roles = custom.map((role) => ({
      ...{ name: role, title: role, tier: 'org.member', permissionGroups: [] },
      permissions: some(['member:list', 'member:read', 'project:list', 'audit-event:list']),
    }));
    const given = () => [chance.one([...orgRoles, ...custom])];
    const members = [
      { email: known[0]!, roles: ['org.admin'] },
      ...some([...known.slice(1), 'new@plan.example']).map((email) => ({ email, roles: given() })),
    ];
    return {
      own: {
        ...{ blueprint: 'app-workspace', slug: name, displayName: chance.one(['One', 'Two']), roles, members },
        membersPolicy: chance.one(['Exact', 'Additive']),
        settingValues: chance.below(2) === 0 ? {} : { 'idle-stop-after': { value: 'P1D', locked: chance.below(2) === 0 } },
        serviceAccounts: some(['ci', 'cd']).map((account) => ({ name: account, roles: given() })),
      },
      project: {
        slug: 'app',
        settingValues: chance.below(2) === 0 ? {} : { 'idle-stop-after': { value: chance.one(['PT1H', 'PT2H']) } },
        members: some(members.slice(1)).map(({ email }) => ({ email, roles: ['project.user'] })),
      },
    };
  }

  function wantedOf(name: string, { own, project }: ReturnType<typeof manifestsOf>): WantedManifests {
    const common = { displayName: name, slug: name, members: [], membersPolicy: 'Additive' as const, manage: true };
    return {
      organization: name,
      own: { kind: 'Organization', name, uid: tests.organizationRef(name).uid, manifest: { ...common, ...own } },
      projects: [
        {
          ...{ kind: 'Project' as const, namespace: 'team-a', name: `${name}-app`, uid: tests.projectRef(`${name}-app`).uid },
          manifest: { ...common, ...project, displayName: `${name}-app` },
        },
      ],
    };
  }

  /** Who may do what, by the name of the subject, of the place and of the permission, one question after the other. */
  async function capabilities(name: string): Promise<Set<string>> {
    const { database, policies } = tests.tenet;
    return database.read('platform', async (db) => {
      const [organization] = await db('organizations').where({ slug: name }).select('id');
      if (!organization) return new Set<string>();
      const organizationId = toId('organization', organization.id);
      const projects = await db('projects').where({ org_id: organization.id, state: 'ACTIVE' }).select('id');
      const accounts = await db('service_accounts').where({ org_id: organization.id, state: 'ACTIVE' }).select('id', 'name');
      const subjects: [string, Subject][] = [
        ...[...users].map(([email, id]): [string, Subject] => [email, { type: 'user', id, uuid: toUuid('user', id) }]),
        ...accounts.map(({ id, name: account }): [string, Subject] => [
          account,
          { type: 'service-account', id: toId('serviceAccount', id), uuid: id, organizationId } as Subject,
        ]),
      ];
      const found = new Set<string>();
      for (const place of [{ organizationId }, ...projects.map(({ id }) => ({ organizationId, projectId: toId('project', id) }))]) {
        for (const [who, subject] of subjects) {
          const snapshot = await takeSnapshot(db, subject, domainOf(place), place);
          if (!snapshot.exists) continue;
          const { engine } = await policies.get(snapshot.revisions);
          for (const { resource, action } of engine.permissions(snapshot.domain.level))
            if (decideWith(engine, snapshot, resource, action).allowed)
              found.add(`${who} ${'projectId' in place ? 'project' : 'organization'} ${resource}:${action}`);
        }
      }
      return found;
    });
  }

  /** What the plan says, in the same words. */
  function saidBy({ access, names }: OrganizationPlan): { gains: string[]; losses: string[] } {
    const of = (wanted: 'GAIN' | 'LOSS') =>
      access!.items
        .filter(({ kind }) => kind === wanted)
        .map(
          ({ subject, place, permission }) => `${names[subject.id]} ${place === 'ORGANIZATION' ? 'organization' : 'project'} ${permission}`,
        )
        .sort();
    return { gains: of('GAIN'), losses: of('LOSS') };
  }

  const plan = async (name: string, manifests: ReturnType<typeof manifestsOf>) => {
    const { fence: _, ...context } = tests.context;
    return (await planManifests(context, [wantedOf(name, manifests)]))[0]!;
  };

  async function everything(): Promise<unknown> {
    const tables = [
      'organizations',
      'projects',
      'members',
      'grants',
      'invitations',
      'roles',
      'service_accounts',
      'audit_events',
      'fences',
      'policy_heads',
    ];
    return tests.tenet.database.read('platform', async (db) => {
      const found: unknown[] = [];
      for (const table of tables) {
        const { rows } = await db.raw(
          `select count(*)::int as rows, md5(string_agg(t::text, '|' order by t::text)) as text from ${table} t`,
        );
        found.push([table, rows[0]]);
      }
      return found;
    });
  }

  it('says what capabilities are before and after the manifests are applied, and changes nothing (soak)', async function () {
    this.timeout(120_000);
    let changed = 0;
    for (const round of rounds(20, 200)) {
      const chance = chanceOf(round + 1);
      const name = `random-${Math.floor(round / 5)}`;
      const manifests = manifestsOf(name, chance);
      const before = await capabilities(name);
      const stored = await everything();
      const planned = await plan(name, manifests);
      expect(await everything(), `round ${round}`).to.deep.equal(stored);
      const { done } = await tests.applyOrganization(name, manifests.own);
      const ofProject = await tests.applyProject(`${name}-app`, name, manifests.project);
      const after = await capabilities(name);
      const { gains, losses } = saidBy(planned);
      expect(gains, `round ${round}`).to.deep.equal([...after].filter((one) => !before.has(one)).sort());
      expect(losses, `round ${round}`).to.deep.equal([...before].filter((one) => !after.has(one)).sort());
      const steps = (all: readonly string[]) => all.filter((step) => !step.startsWith('note generation')).length;
      expect(planned.manifests.map((one) => one.steps.length)).to.deep.equal([steps(done), steps(ofProject.done)]);
      const again = await plan(name, manifests);
      expect([again.manifests.flatMap((one) => one.steps), again.access!.items]).to.deep.equal([[], []]);
      if (gains.length + losses.length > 0) changed += 1;
    }
    expect(changed).to.be.greaterThan(10);
  });
});
