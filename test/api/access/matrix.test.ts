import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { foundOrganization, foundProject, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const consistencies = ['fully_consistent', 'minimize_latency'] as const;
const roles = ['admin', 'manager', 'member'] as const;
type Role = (typeof roles)[number];

const resources: Readonly<Record<string, string>> = {
  invitations: 'invitation',
  connections: 'connection',
  secrets: 'secret',
  AuthKit: 'authkit',
  projects: 'project',
};

interface Row {
  /** `Delete connections`. */
  readonly title: string;
  readonly resource: string;
  readonly action: string;
  readonly expected: Readonly<Record<Role, boolean>>;
}

/** A table of the product: permissions down, roles across. */
function readTable(file: string): Row[] {
  const text = readFileSync(new URL(`../../acceptance/${file}`, import.meta.url), 'utf8');
  const [header, ...lines] = text.trim().split('\n');
  expect(header).to.equal(`permission,${roles.join(',')}`);
  return lines.map((line) => {
    const [title = '', admin, manager, member] = line.split(',');
    const [verb = '', noun = ''] = title.split(' ');
    for (const cell of [admin, manager, member]) expect(cell).to.match(/^(allow|deny)$/);
    const expected = { admin: admin === 'allow', manager: manager === 'allow', member: member === 'allow' };
    return { title, resource: resources[noun]!, action: verb.toLowerCase(), expected };
  });
}

describe('the tables of organization and project, over HTTP', () => {
  const organizationTable = readTable('pica_org.csv');
  const projectTable = readTable('pica_project.csv');
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  let projectId: string;
  const inOrganization: Partial<Record<Role, Caller>> = {};
  const inProject: Partial<Record<Role, Caller>> = {};

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    for (const role of roles) {
      inOrganization[role] = await join(tenet, { organizationId }, `${role}@example.com`, `org.${role}`);
      inProject[role] = await join(tenet, { organizationId, projectId }, `project-${role}@example.com`, `project.${role}`);
    }
  });
  after(() => tenet?.stop());

  async function evaluate(
    asker: Caller,
    { resource, action }: Row,
    place: { organizationId: string; projectId?: string },
    options: { consistency?: string; subject?: string } = {},
  ): Promise<boolean> {
    const response = await asker.raw('/access/v1/evaluation', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.consistency === undefined ? {} : { 'tenet-consistency': options.consistency }),
      },
      body: JSON.stringify({
        subject: { type: 'user', id: options.subject ?? (await asker.userId()) },
        action: { name: action },
        resource: { type: resource, id: '*', properties: place },
      }),
    });
    expect(response.status).to.equal(200);
    return ((await response.json()) as { decision: boolean }).decision;
  }

  /** The answers of every way to ask the same: about oneself and by an administrator, with both consistencies. */
  async function decisions(caller: Caller, row: Row, place: { organizationId: string; projectId?: string }): Promise<boolean[]> {
    const subject = await caller.userId();
    const asked = consistencies.flatMap((consistency) => [
      evaluate(caller, row, place, { consistency }),
      evaluate(owner, row, place, { consistency, subject }),
    ]);
    return Promise.all(asked);
  }

  const word = (allowed: boolean): string => (allowed ? 'allow' : 'deny');

  describe('PICA-26: 60 cells of the organization', () => {
    it('has 20 rows of 3 roles', () => expect(organizationTable).to.have.length(20));
    for (const row of organizationTable) {
      for (const role of roles) {
        it(`PICA-26 ${row.title}: ${role} -> ${word(row.expected[role])}`, async () => {
          const expected = Array(4).fill(row.expected[role]);
          expect(await decisions(inOrganization[role]!, row, { organizationId })).to.deep.equal(expected);
        });
      }
    }
  });

  describe('PICA-27: 45 cells of the project, on the role in the project alone', () => {
    it('has 15 rows of 3 roles', () => expect(projectTable).to.have.length(15));
    for (const row of projectTable) {
      for (const role of roles) {
        it(`PICA-27 ${row.title}: ${role} -> ${word(row.expected[role])}`, async () => {
          const expected = Array(4).fill(row.expected[role]);
          expect(await decisions(inProject[role]!, row, { organizationId, projectId })).to.deep.equal(expected);
        });
      }
    }

    it('PICA-27 a role in the project says nothing about a sibling project', async () => {
      const sibling = await foundProject(owner, organizationId, 'Shop');
      for (const role of roles) {
        for (const row of projectTable) {
          expect(await evaluate(inProject[role]!, row, { organizationId, projectId: sibling }), row.title).to.equal(false);
        }
      }
    });
  });

  it('PICA-28 the rows on resources are the same in both tables', () => {
    const titles = projectTable.map(({ title }) => title);
    expect(organizationTable.filter(({ title }) => titles.includes(title))).to.deep.equal(projectTable);
  });

  describe('the cells whose operation is here, by that operation', () => {
    let addresses = 0;
    const path = { organizationId: '' };

    before(() => {
      path.organizationId = organizationId;
    });

    async function invite(caller: Caller): Promise<{ status: number; invitationId: string }> {
      const { response, data } = await caller.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path },
        body: { invitees: [{ email: `guest-${++addresses}@example.com` }], roles: ['org.member'] },
      });
      return { status: response.status, invitationId: data?.items[0]?.id ?? '' };
    }
    /** Each row's request: its status when it is allowed, and how to send it. */
    const requests: Record<string, { success: number; send(caller: Caller): Promise<number> }> = {
      'Create invitations': { success: 201, send: async (caller) => (await invite(caller)).status },
      'List invitations': {
        success: 200,
        send: async (caller) =>
          (await caller.client.GET('/v1/organizations/{organizationId}/invitations', { params: { path } })).response.status,
      },
      'Revoke invitations': {
        success: 200,
        async send(caller) {
          const { invitationId } = await invite(owner);
          const answer = await caller.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/revoke', {
            params: { path: { ...path, invitationId } },
          });
          return answer.response.status;
        },
      },
      'Resend invitations': {
        success: 200,
        async send(caller) {
          const { invitationId } = await invite(owner);
          const answer = await caller.client.POST('/v1/organizations/{organizationId}/invitations/{invitationId}/resend', {
            params: { path: { ...path, invitationId } },
          });
          return answer.response.status;
        },
      },
      'Create projects': {
        success: 201,
        send: async (caller) =>
          (await caller.client.POST('/v1/organizations/{organizationId}/projects', { params: { path }, body: { name: 'Another' } }))
            .response.status,
      },
    };

    for (const row of organizationTable) {
      const request = requests[row.title];
      if (request === undefined) continue;
      for (const role of roles) {
        it(`PICA-26 ${row.title}: ${role} -> ${row.expected[role] ? request.success : 403}`, async () => {
          expect(await request.send(inOrganization[role]!)).to.equal(row.expected[role] ? request.success : 403);
        });
      }
    }

    it('PICA-27, PICA-40 nobody with a role in a project alone invites to the organization or makes projects', async () => {
      for (const role of roles) {
        for (const { send } of Object.values(requests)) expect(await send(inProject[role]!)).to.equal(403);
      }
    });
  });
});
