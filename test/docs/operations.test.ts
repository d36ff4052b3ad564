import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeKey, pathIn, send } from '../helpers/keys.ts';
import { foundOrganization, givePlatformRoles, join as joinAs, type Person, signIn } from '../helpers/people.ts';
import { root } from './checkout.ts';
import { blocksOf } from './markdown.ts';
import { useServer } from './server.ts';

interface Event {
  readonly action: string;
  readonly actor: string;
  readonly outcome: string;
}

describe('docs/operations.md, Unusual activity', () => {
  const { tenet, run } = useServer();
  const someone = /user_[0-9a-z]{26}/;
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const { text } = blocksOf(page.slice(page.indexOf('\n## Unusual activity'))).find(({ language }) => language === 'sh')!;
  const lines = text.split('\n');
  /** The questions of the page, without the words behind them. */
  const questions = lines.filter((line) => /^(ORGANIZATION= )?events /.test(line)).map((line) => line.replace(/\s*#.*$/, ''));
  let auditor: Person;
  let member: Person;

  /** Asks each question of the page about an organization, in one shell. */
  async function ask(organizationId: string): Promise<Event[][]> {
    const script = lines
      .map((line) => line.replace(someone, member.id))
      .map((line) => (/events [^#]*[a-z]/.test(line) && !line.startsWith('#') ? `${line}\necho` : line));
    const output = await run(['set -euo pipefail', ...script].join('\n'), { ORGANIZATION: organizationId, TOKEN: auditor.token });
    const answers = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { items?: Event[] });
    return answers.map(({ items }) => {
      expect(items, output).to.be.an('array');
      return items!;
    });
  }

  it('PUL-39: each of its questions finds what it is about, and nothing else', async () => {
    auditor = await signIn(tenet(), 'auditor@example.com');
    await givePlatformRoles(tenet(), 'auditor@example.com', 'platform/auditor');
    const teams = await foundOrganization(auditor, 'Teams', 'teams');
    const hub = await foundOrganization(auditor, 'Hub', 'api-hub');
    await happen(teams, hub);

    const [inTeams, inHub] = [await ask(teams), await ask(hub)];
    expect(inTeams).to.have.length(questions.length);
    for (const [index, question] of questions.entries()) {
      const found = [...inTeams[index]!, ...inHub[index]!];
      expect(found, question).not.to.deep.equal([]);
      const action = /action=(\S+)/.exec(question)?.[1];
      const isAsked = (event: Event) =>
        (action === undefined || event.action === action || event.action.startsWith(`${action}.`)) &&
        (!question.includes('outcome=DENIED') || event.outcome === 'DENIED') &&
        (!someone.test(question) || event.actor.startsWith(member.id));
      expect(
        found.filter((event) => !isAsked(event)),
        question,
      ).to.deep.equal([]);
    }
  }).timeout(120_000);

  /** What the page looks for. */
  async function happen(teams: string, hub: string): Promise<void> {
    const done = async (by: Person, method: string, path: string, body?: object, headers?: Record<string, string>) => {
      const { status, text: said } = await send(by, method, path, body, headers);
      expect(status, `${path} ${said}`).to.be.oneOf([200, 201]);
    };
    const place = { organizationId: teams };
    member = await joinAs(tenet(), place, 'member@example.com', 'org.default');
    expect((await send(member, 'POST', pathIn(place, '/projects'), { name: 'Website' })).status).to.equal(403);
    await makeKey(auditor, place);
    await done(auditor, 'POST', pathIn(place, '/exports'), { kind: 'ACCESS_REPORT', format: 'CSV' });
    await done(auditor, 'POST', pathIn(place, '/grants'), { subject: { type: 'USER', id: member.id }, role: 'org.admin' });
    await done(auditor, 'POST', pathIn(place, '/roles'), { title: 'Reviewers', tier: 'org.default', permissions: [] });
    await done(auditor, 'PUT', pathIn(place, '/mfa-requirement'), { requirement: 'REQUIRED' }, { 'if-match': '*' });
    await givePlatformRoles(tenet(), 'operator@example.com', 'platform/operator');
    const operator = await signIn(tenet(), 'operator@example.com');
    const request = { organizationId: hub, role: 'org.support', reason: 'Ticket 4711.', minutes: 60 };
    await done(operator, 'POST', '/v1/support-accesses', request);
  }
});
