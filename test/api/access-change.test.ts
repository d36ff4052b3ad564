import { expect } from 'chai';
import { pathIn, send } from '../helpers/keys.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

interface Item {
  kind: string;
  subject: { type: string; id: string };
  place: string;
  projectId?: string;
  projects?: number;
  permission: string;
  via: { role: string; source: string }[];
  before: { allowed: boolean; rule?: { file: string; line: number; row: string[] } };
  after: { allowed: boolean; rule?: { file: string; line: number; row: string[] } };
}

interface Access {
  summary: { subjects: number; gains: number; losses: number; withheld: number; partial: boolean };
  items: Item[];
  more: number;
}

const places = (access: Access): string[] => [...new Set(access.items.map(({ place }) => place))];

describe('what a request with validateOnly says about access', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  const at = (rest: string) => pathIn({ organizationId }, rest);
  const plan = async (caller: Caller, method: string, path: string, body?: unknown): Promise<Access> => {
    const reply = await send(caller, method, `${path}?validateOnly=true`, body as object);
    expect(reply.status, JSON.stringify(reply.body)).to.equal(200);
    return (reply.body as { access: Access }).access;
  };
  const capabilities = async (caller: Caller, userId: string): Promise<string[]> => {
    const { body } = await send(caller, 'POST', at('/decisions/what-can'), { subject: userId });
    const map = (body as { capabilities: Record<string, string[]> }).capabilities;
    return Object.entries(map).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
  };
  const permissions = (access: Access, kind: string, place: string): string[] =>
    access.items.filter((item) => item.kind === kind && item.place === place).map(({ permission }) => permission);

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  it('is what a grant adds to what its subject may do, with the rows that decide, and what its end takes away', async () => {
    const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
    await foundProject(owner, organizationId);
    const body = { subject: { type: 'USER', id: grace.id }, role: 'org.admin' };
    const before = await capabilities(owner, grace.id);
    const access = await plan(owner, 'POST', at('/grants'), body);
    expect(await capabilities(owner, grace.id)).to.deep.equal(before);
    const { body: grant } = await send(owner, 'POST', at('/grants'), body);
    const now = await capabilities(owner, grace.id);
    expect(permissions(access, 'GAIN', 'ORGANIZATION')).to.have.members(now.filter((one) => !before.includes(one)));
    expect(permissions(access, 'LOSS', 'ORGANIZATION')).to.have.members(before.filter((one) => !now.includes(one)));
    expect(places(access)).to.deep.equal(['ORGANIZATION', 'OTHER_PROJECTS']);
    const removes = access.items.find(({ permission }) => permission === 'member:remove')!;
    expect(removes).to.deep.include({
      kind: 'GAIN',
      subject: { type: 'USER', id: grace.id },
      via: [{ role: 'org.admin', source: 'GRANT' }],
    });
    expect(removes.before).to.deep.equal({ allowed: false });
    const { file, line, row } = removes.after.rule!;
    expect({ file, row }).to.deep.equal({
      file: 'blueprints/integrations/policy.csv',
      row: ['integrations/org.admin', 'org', 'member', 'remove', 'allow'],
    });
    expect(line).to.be.above(0);

    const end = at(`/grants/${(grant as { id: string }).id}/revoke`);
    const ended = await plan(owner, 'POST', end, {});
    expect((await send(owner, 'POST', end, {})).status).to.equal(204);
    const left = await capabilities(owner, grace.id);
    expect(permissions(ended, 'LOSS', 'ORGANIZATION')).to.have.members(now.filter((one) => !left.includes(one)));
    expect(ended.summary).to.deep.include({ subjects: 1, gains: 0, withheld: 0, partial: false });
  });
});
