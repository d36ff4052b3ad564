import type { Actor } from '../authorization/decisions/actor.ts';
import { foldEmail } from '../base/email-address.ts';
import { RateLimited } from '../base/errors.ts';
import { type Spending, spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import type { InvitationRow } from './invitation-rows.ts';

/** How many mails invitations may cause in a day (UTC), and how soon one may be sent again. */
export interface MailLimits {
  readonly perAddress: number;
  readonly perInviter: number;
  readonly perOrganization: number;
  /** Seconds between two mails of one invitation. */
  readonly resendCooldown: number;
}

/** Mails to one address from one organization: invite, revoke and invite again would be a way around the cooldown. */
const perAddressInOrganization = 5;

/** Counts the mails to these addresses, whatever became of the invitations before. Throws RateLimited when one more is too many. */
export async function spendMails(
  db: Db,
  actor: Actor,
  limits: MailLimits,
  to: { organizationId: string; emails: readonly string[] },
): Promise<void> {
  const { organizationId, emails } = to;
  const amount = emails.length;
  const today = 'today; nothing was sent. Try again tomorrow';
  await spend(db, [
    ...emails.flatMap((email): Spending[] => [
      {
        kind: 'mails-to-address',
        subject: foldEmail(email),
        amount: 1,
        limit: limits.perAddress,
        refusal: `No more invitations can be sent to ${email} ${today}.`,
      },
      {
        kind: 'mails-to-address-in-organization',
        subject: `${organizationId} ${foldEmail(email)}`,
        amount: 1,
        limit: perAddressInOrganization,
        refusal: `This organization can send no more invitations to ${email} ${today}.`,
      },
    ]),
    {
      kind: 'mails-of-inviter',
      subject: actor.name,
      amount,
      limit: limits.perInviter,
      refusal: `You can send no more invitations ${today}.`,
    },
    {
      kind: 'mails-of-organization',
      subject: organizationId,
      amount,
      limit: limits.perOrganization,
      refusal: `This organization can send no more invitations ${today}.`,
    },
  ]);
}

/** Throws RateLimited when the last mail of the invitation was asked for a moment ago. */
export function checkCooldown({ resendCooldown }: MailLimits, { updated_at }: Pick<InvitationRow, 'updated_at'>): void {
  const left = Math.ceil(resendCooldown - (Date.now() - updated_at.getTime()) / 1_000);
  if (left > 0) throw new RateLimited(`The invitation was sent a moment ago. Try again in ${left} seconds.`, { retryAfter: left });
}
