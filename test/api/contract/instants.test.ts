import { expect } from 'chai';
import fc from 'fast-check';
import { isInstant, parseInstant } from '../../../core/base/instants.ts';
import { rounds, timeTexts } from '../../helpers/generators.ts';
import { foundOrganization, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Problem {
  readonly errors?: readonly { readonly pointer?: string; readonly parameter?: string; readonly detail: string }[];
}

/** In development each reply is held against the contract; in production none is, so that what could not be shown would be stored. */
for (const mode of ['development', 'production']) {
  describe(`a time in a request, in ${mode}`, () => {
    let tenet: TestTenet;
    let owner: Caller;
    let organizationId: string;
    let userId: string;

    before(async () => {
      tenet = await startTenet({ TENET_VALIDATE_RESPONSES: String(mode === 'development') });
      owner = await tenet.as('owner@example.com');
      organizationId = await foundOrganization(owner);
      userId = (await join(tenet, { organizationId }, 'bob@example.com')).id;
    });
    after(() => tenet.stop());

    const base = () => `/v1/organizations/${organizationId}`;
    const give = (until: string) =>
      owner.raw(`${base()}/grants`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subject: { type: 'USER', id: userId }, role: 'org.manager', until }),
      });
    const events = (name: string, text: string) => owner.raw(`${base()}/audit-events?${name}=${encodeURIComponent(text)}`);

    /** Everything that shows a grant. */
    async function expectShown(until: string): Promise<void> {
      for (const path of ['/grants', `/grants?subjectId=${userId}`, '/members', `/members/${userId}`, '/audit-events?pageSize=5']) {
        const response = await owner.raw(base() + path);
        const body = (await response.json()) as { items?: { until?: string }[] };
        expect(response.status, `${path}: ${JSON.stringify(body)}`).to.equal(200);
        if (path === '/grants') expect(body.items!.map((grant) => grant.until)).to.include(until);
      }
    }

    async function expectRefused(response: Response, at: { pointer: string } | { parameter: string }): Promise<void> {
      const problem = (await response.json()) as Problem;
      expect(response.status, JSON.stringify(problem)).to.equal(400);
      expect(problem.errors).to.have.length(1);
      expect(problem.errors![0]).to.deep.include(at);
      expect(problem.errors![0]!.detail).to.match(/^must be (a time such as|later than now)/);
    }

    for (const text of ['9999-12-31T23:59:59-01:00', '2027-06-30T23:59:60Z']) {
      it(`a grant until ${text} is refused and leaves nothing`, async () => {
        await expectRefused(await give(text), { pointer: '#/until' });
        const { data } = await owner.client.GET('/v1/organizations/{organizationId}/members/{userId}', {
          params: { path: { organizationId, userId } },
        });
        expect(data!.roles).to.deep.equal([]);
      });
    }

    for (const [name, text] of [
      ['since', '2026-01-01T00:00:00+23:59'],
      ['since', '0000-01-01T00:00:00Z'],
      ['before', '2026-01-01T00:00:00+16:00'],
    ] as const) {
      it(`${name}=${text} is refused`, async () => expectRefused(await events(name, text), { parameter: name }));
    }

    it('ends a grant and is shown again, or is refused with a pointer', () =>
      fc.assert(
        fc.asyncProperty(timeTexts, async (text) => {
          const response = await give(text);
          const instant = parseInstant(text);
          if (!instant || instant.getTime() <= Date.now()) return expectRefused(response, { pointer: '#/until' });
          const grant = (await response.json()) as { until: string };
          // The same end again is a conflict; whatever was stored before is shown all the same.
          expect(response.status, JSON.stringify(grant)).to.be.oneOf([201, 409]);
          if (response.status === 201) expect(grant.until).to.equal(instant.toISOString());
          await expectShown(instant.toISOString());
        }),
        rounds(40),
      )).timeout(120_000);

    it('selects audit events, or is refused by the name of its parameter', () =>
      fc.assert(
        fc.asyncProperty(timeTexts, fc.constantFrom('since', 'before'), async (text, name) => {
          const response = await events(name, text);
          if (!isInstant(text)) return expectRefused(response, { parameter: name });
          expect(response.status, await response.text()).to.equal(200);
        }),
        rounds(60),
      )).timeout(120_000);
  });
}
