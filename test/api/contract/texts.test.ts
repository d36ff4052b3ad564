import { expect } from 'chai';
import { readContract } from '../../helpers/contract.ts';
import { foundOrganization, givePlatformRoles, join, type Person, signIn } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

/** Texts of requests that are compared, looked up or read by programs, by the end of their place. */
const forPrograms =
  /\.(confirmation|subject\.(type|id)|resource\.(type|id)|action\.name|properties\.(organizationId|projectId)|page\.token|credential|filters\.(actor|target)|model|policy|tests|file|entities\.id)$/;

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Contract {
  readonly paths: Record<string, Record<string, { operationId: string; requestBody?: { content: Record<string, { schema: Schema }> } }>>;
}

describe('texts that people write', () => {
  it('have a form in every request, which lets nothing invisible through', () => {
    const contract = readContract() as Contract;
    const formless: string[] = [];
    const at = (ref: string) =>
      ref
        .slice(2)
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], contract) as Schema;
    function look(schema: Schema, place: string, inside: readonly string[]): void {
      const { $ref } = schema;
      if ($ref !== undefined) {
        if (!inside.includes($ref)) look(at($ref), place, [...inside, $ref]);
        return;
      }
      const { type, format, pattern, enum: values } = schema;
      if (type === 'string' && format === undefined && pattern === undefined && values === undefined) formless.push(place);
      for (const [name, own] of Object.entries(schema.properties ?? {})) look(own, `${place}.${name}`, inside);
      for (const part of [schema.items, schema.allOf, schema.anyOf, schema.oneOf].flat()) if (part) look(part, place, inside);
    }
    for (const { operationId, requestBody } of Object.values(contract.paths).flatMap((path) => Object.values(path))) {
      const schema = requestBody?.content['application/json']?.schema;
      if (schema) look(schema, operationId, []);
    }
    expect(formless.filter((place) => forPrograms.test(place))).to.not.deep.equal([]);
    expect(formless.filter((place) => !forPrograms.test(place))).to.deep.equal([]);
  });

  describe('over HTTP', () => {
    let tenet: TestTenet;
    let owner: Person;
    let operator: Person;
    let member: Person;
    let organizationId: string;
    let machines: string;

    before(async () => {
      tenet = await startTenet();
      owner = await signIn(tenet, 'owner@example.com');
      await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
      operator = await signIn(tenet, 'operator@example.com');
      organizationId = await foundOrganization(owner, 'Teams', 'teams');
      machines = await foundOrganization(owner, 'Machines', 'integrations');
      member = await join(tenet, { organizationId }, 'member@example.com', 'org.default');
    });
    after(() => tenet?.stop());

    const send = (by: Person, path: string, body: object) =>
      by.raw(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

    const requests: Record<string, { by: () => Person; path: () => string; body: (text: string) => object; pointer: string }> = {
      'the reason of a grant': {
        by: () => owner,
        path: () => `/v1/organizations/${organizationId}/grants`,
        body: (reason) => ({ subject: { type: 'USER', id: member.id }, role: 'org.admin', reason }),
        pointer: '#/reason',
      },
      'the description of a service account': {
        by: () => owner,
        path: () => `/v1/organizations/${machines}/service-accounts`,
        body: (description) => ({ name: 'Builds', description }),
        pointer: '#/description',
      },
      'the description of a role': {
        by: () => owner,
        path: () => `/v1/organizations/${organizationId}/roles`,
        body: (description) => ({ title: 'Reviewers', description, tier: 'org.default', permissions: [] }),
        pointer: '#/description',
      },
      'the reason of a suspension': {
        by: () => operator,
        path: () => `/v1/organizations/${organizationId}/suspend`,
        body: (reason) => ({ reason }),
        pointer: '#/reason',
      },
    };
    for (const [title, { by, path, body, pointer }] of Object.entries(requests)) {
      it(`${title} may have several lines and emoji, and nothing that hides or turns the writing round`, async () => {
        for (const text of ['paid\u202e lanif', 'a\u200bb', 'a\u0007b', '\u2066a\u2069']) {
          const response = await send(by(), path(), body(text));
          expect(response.status, JSON.stringify(text)).to.equal(400);
          const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };
          expect(errors).to.deep.equal([
            { pointer, detail: 'must be text without characters that are invisible, control, or turn the direction of writing' },
          ]);
        }
        const response = await send(by(), path(), body('First line.\r\n\tSecond: \u{1f468}\u200d\u{1f469} \u0645\u06cc\u200c\u062e.'));
        expect(response.status, await response.text()).to.be.oneOf([200, 201]);
      });
    }
  });
});
