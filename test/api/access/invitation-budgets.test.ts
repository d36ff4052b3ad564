import { expect } from 'chai';
import { invitationSteps, resendPath, revokePath, startInviting } from '../../helpers/invitations.ts';
import { makeKey, withKey } from '../../helpers/keys.ts';
import { foundOrganization, join } from '../../helpers/people.ts';
import type { Caller, TestTenet } from '../../helpers/tenet.ts';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly limit?: number;
  readonly current?: number;
  readonly retryAfter: number;
}

describe('the mails of invitations', () => {
  let running: Awaited<ReturnType<typeof startInviting>>;
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;

  before(async () => {
    running = await startInviting({
      TENET_MAILS_PER_ADDRESS: '7',
      TENET_MAILS_PER_INVITER: '12',
      TENET_MAILS_PER_ORGANIZATION: '15',
      TENET_RESEND_COOLDOWN: '0',
    });
    tenet = running.tenet;
  });
  after(() => running.stop());

  let round = 0;
  beforeEach(async () => {
    round += 1;
    owner = await tenet.as(`owner-${round}@example.com`);
    organizationId = await foundOrganization(owner);
  });

  const { create, path, address } = invitationSteps(() => ({ tenet, smtp: running.smtp, owner, organizationId }));
  const resend = (caller: Caller, id: string) => caller.client.POST(resendPath, path(id));
  const refusalOf = ({ error, response }: { error?: unknown; response: Response }): Refusal => {
    const { code, limit, current } = error as Refusal;
    return { status: response.status, code, limit, current, retryAfter: Number(response.headers.get('retry-after')) } as Refusal;
  };
  const rateLimited = (refusal: Refusal, limit: number, current: number): void => {
    expect(refusal).to.include({ status: 429, code: 'rate-limited', limit, current });
    expect(refusal.retryAfter).to.be.within(1, 86_400);
  };

  it('to one address from one organization are five in a day, sent again or revoked and invited again', async () => {
    const email = address('target');
    const { data } = await create(owner, [email]);
    const id = data!.items[0]!.id;
    for (let time = 0; time < 3; time += 1) expect((await resend(owner, id)).response.status).to.equal(200);
    await owner.client.POST(revokePath, path(id));
    const again = (await create(owner, [email])).data!.items[0]!;
    rateLimited(refusalOf(await resend(owner, again.id)), 5, 5);
    await owner.client.POST(revokePath, path(again.id));
    rateLimited(refusalOf(await create(owner, [email.toUpperCase()])), 5, 5);
    // Another address is not touched, and what was refused has spent nothing.
    expect((await create(owner, [address('other')])).response.status).to.equal(201);
  });

  it('to one address from all organizations are bounded in a day, but the first of an organization goes, and no number tells of the others', async () => {
    const email = address('popular');
    for (let time = 0; time < 7; time += 1) {
      organizationId = await foundOrganization(owner);
      expect((await create(owner, [email])).response.status).to.equal(201);
    }
    const stranger = await tenet.as(`stranger-${round}@example.com`);
    organizationId = await foundOrganization(stranger);
    const { data, response } = await create(stranger, [email]);
    expect(response.status).to.equal(201);
    const refused = await resend(stranger, data!.items[0]!.id);
    expect(refusalOf(refused)).to.include({ status: 429, code: 'rate-limited', limit: 7 });
    expect(refused.error).not.to.have.property('current');
  });

  it('of one inviter are bounded in a day, all of a request or none', async () => {
    const many = (count: number) => Array.from({ length: count }, () => address('many'));
    expect((await create(owner, many(10))).response.status).to.equal(201);
    organizationId = await foundOrganization(owner);
    rateLimited(refusalOf(await create(owner, many(3))), 12, 10);
    expect((await create(owner, many(2))).response.status).to.equal(201);
  });

  it('of one organization are bounded in a day, whoever invites', async () => {
    const admin = await join(tenet, { organizationId }, address('admin'), 'org.admin');
    const many = (count: number) => Array.from({ length: count }, () => address('many'));
    expect((await create(owner, many(10))).response.status).to.equal(201);
    rateLimited(refusalOf(await create(admin, many(6))), 15, 10);
  });

  it('of an inviter are counted together, with a token and with whatever keys', async () => {
    const many = (count: number) => Array.from({ length: count }, () => address('many'));
    expect((await create(owner, many(10))).response.status).to.equal(201);
    const key = withKey(tenet, await makeKey(owner, { organizationId }));
    rateLimited(refusalOf(await create(key, many(3))), 12, 10);
  });
});

describe('an invitation that was just sent', () => {
  it('is not sent again before its cooldown is over', async () => {
    const running = await startInviting({ TENET_RESEND_COOLDOWN: '60' });
    const { tenet, owner, smtp } = running;
    const organizationId = await foundOrganization(owner);
    const { invite, path } = invitationSteps(() => ({ tenet, smtp, owner, organizationId }));
    const { id } = await invite('target@example.com');
    const { response, error } = await owner.client.POST(resendPath, path(id));
    expect(response.status).to.equal(429);
    expect(Number(response.headers.get('retry-after'))).to.be.within(1, 60);
    expect(error).to.include({ code: 'rate-limited' });
    await running.stop();
  });
});
