import { expect } from 'chai';
import { toUuid } from '../../core/base/ids.ts';
import { eventually } from './eventually.ts';
import { inDatabase, type Person, signIn } from './people.ts';
import { startSmtp, type TestSmtp } from './smtp.ts';
import { type Caller, startTenet, type TestTenet } from './tenet.ts';

/** The paths that the tests of invitations call, as the contract writes them. */
export const listPath = '/v1/organizations/{organizationId}/invitations';
export const onePath = '/v1/organizations/{organizationId}/invitations/{invitationId}';
export const resendPath = '/v1/organizations/{organizationId}/invitations/{invitationId}/resend';
export const revokePath = '/v1/organizations/{organizationId}/invitations/{invitationId}/revoke';
const acceptPath = '/v1/me/invitations/{invitationId}/accept';
export const declinePath = '/v1/me/invitations/{invitationId}/decline';
export const memberPath = '/v1/organizations/{organizationId}/members/{userId}';
export const removePath = '/v1/organizations/{organizationId}/members/{userId}/remove';

/** Where a test of invitations takes place, and who invites. */
export interface InvitationScene {
  readonly tenet: TestTenet;
  readonly smtp: TestSmtp;
  readonly owner: Caller;
  readonly organizationId: string;
}

/** A server that mails, and who invites; `stop` ends both. */
export async function startInviting(environment: Record<string, string> = {}): Promise<{
  tenet: TestTenet;
  smtp: TestSmtp;
  owner: Person;
  stop(): Promise<void>;
}> {
  const smtp = await startSmtp();
  const tenet = await startTenet({ TENET_SMTP_URL: smtp.url, TENET_MAIL_FROM: 'Acme <accounts@acme.example>', ...environment });
  const stop = async (): Promise<void> => {
    await tenet.stop();
    await smtp.stop();
  };
  return { tenet, smtp, owner: await signIn(tenet, 'owner@example.com'), stop };
}

/** The steps that the tests of invitations share. Each step asks for the scene anew: every test has an organization of its own, or several. */
export function invitationSteps(scene: () => InvitationScene) {
  let people = 0;

  const place = () => ({ organizationId: scene().organizationId });
  const path = (invitationId: string) => ({ params: { path: { ...place(), invitationId } } });
  /** An address that no other test of the scene uses. */
  const address = (name: string) => {
    people += 1;
    return `${name}-${people}@example.com`;
  };
  const create = (caller: Caller, emails: string[], role = 'org.member', more: { expiresInDays?: number } = {}) =>
    caller.client.POST(listPath, {
      params: { path: place() },
      body: { invitees: emails.map((email) => ({ email })), roles: [role], ...more },
    });
  const invite = async (email: string, role?: string) => (await create(scene().owner, [email], role)).data!.items[0]!;
  const mailsTo = (email: string) => scene().smtp.received.filter(({ to }) => to.includes(email));
  const mailTo = (email: string, count = 1) =>
    eventually(() => {
      const mails = mailsTo(email);
      expect(mails).to.have.length(count);
      return mails.at(-1)!;
    });
  const byToken = (caller: Caller, token: string) => caller.client.POST('/v1/invitations/accept', { body: { token } });
  const accept = (caller: Caller, invitationId: string) => caller.client.POST(acceptPath, { params: { path: { invitationId } } });
  const states = async () =>
    (await scene().owner.client.GET(listPath, { params: { path: place() } })).data!.items.map(({ email, state }) => ({ email, state }));
  const expire = (invitationId: string) =>
    inDatabase(scene().tenet, scene().organizationId, "update invitations set expires_at = now() - interval '1 second' where id = ?", [
      toUuid('invitation', invitationId),
    ]);

  return { place, path, address, create, invite, mailsTo, mailTo, byToken, accept, states, expire };
}
