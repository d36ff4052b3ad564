import type { Actor } from '../authorization/decisions/actor.ts';
import { payerOf } from '../authorization/decisions/subjects.ts';
import type { Config } from '../base/config.ts';
import { foldEmail } from '../base/email-address.ts';
import { RateLimited } from '../base/errors.ts';
import { isTooMuch, readUsed, type Spending, spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import type { InvitationRow } from './invitation-rows.ts';

/** How many mails invitations may cause in a day (UTC), and how soon one may be sent again. */
export interface MailLimits {
  readonly perAddress: number;
  /** Not given for manifests, whose inviter is no person. */
  readonly perInviter?: number | undefined;
  readonly perOrganization: number;
  /** Seconds between two mails of one invitation. */
  readonly resendCooldown: number;
}

/** The limits that the operator has set. */
export function mailLimitsOf(config: Config): MailLimits {
  return {
    perAddress: config.TENET_MAILS_PER_ADDRESS,
    perInviter: config.TENET_MAILS_PER_INVITER,
    perOrganization: config.TENET_MAILS_PER_ORGANIZATION,
    resendCooldown: config.TENET_RESEND_COOLDOWN,
  };
}

/** Mails to one address from one organization: invite, revoke and invite again would be a way around the cooldown. */
const perAddressInOrganization = 5;

/** Which organization mails to which addresses. */
interface Mailing {
  readonly organizationId: string;
  readonly emails: readonly string[];
}

const today = 'today; nothing was sent. From midnight (UTC) on it is possible again.';

/** Counts the mails to these addresses, whatever became of the invitations before. Throws RateLimited when one more is too many. */
export async function spendMails(db: Db, actor: Actor, limits: MailLimits, mailing: Mailing): Promise<void> {
  const { perInviter } = limits;
  const amount = mailing.emails.length;
  const refusal = `You can send no more invitations ${today}`;
  await spend(db, [
    ...mailing.emails.flatMap((email) => toAddress(limits, mailing, email)),
    ...(perInviter === undefined
      ? []
      : [{ kind: 'mails-of-inviter', subject: payerOf(actor.principal.subject), amount, limit: perInviter, refusal }]),
    ofOrganization(limits, mailing, amount),
  ]);
}

/** Which of these addresses no mail can be sent to today any more, and why; the first ones come first. Spends nothing. */
export async function mailsBeyond(db: Db, limits: MailLimits, mailing: Mailing): Promise<ReadonlyMap<string, string>> {
  const each = mailing.emails.map((email) => ({ email, spendings: toAddress(limits, mailing, email) }));
  const used = await readUsed(db, [...each.flatMap(({ spendings }) => spendings), ofOrganization(limits, mailing, 1)]);
  const beyond = new Map<string, string>();
  let sent = 0;
  for (const { email, spendings } of each) {
    const refused = [...spendings, ofOrganization(limits, mailing, sent + 1)].find((spending) => isTooMuch(spending, used));
    if (refused) beyond.set(email, refused.refusal);
    else sent += 1;
  }
  return beyond;
}

/** One mail to an address. The first one of an organization always goes: else an inviter who has used the address up would keep all others from inviting it. */
function toAddress({ perAddress }: MailLimits, { organizationId }: Mailing, email: string): Spending[] {
  const inOrganization: Spending = {
    kind: 'mails-to-address-in-organization',
    subject: `${organizationId} ${foldEmail(email)}`,
    amount: 1,
    limit: perAddressInOrganization,
    refusal: `This organization can send no more invitations to ${email} ${today}`,
  };
  const inAll: Spending = {
    kind: 'mails-to-address',
    subject: foldEmail(email),
    amount: 1,
    limit: perAddress,
    refusal: `No more invitations can be sent to ${email} ${today}`,
    isShared: true,
    unlessFirst: inOrganization,
  };
  return [inOrganization, inAll];
}

function ofOrganization({ perOrganization }: MailLimits, { organizationId }: Mailing, amount: number): Spending {
  return {
    kind: 'mails-of-organization',
    subject: organizationId,
    amount,
    limit: perOrganization,
    refusal: `This organization can send no more invitations ${today}`,
  };
}

/** Throws RateLimited when the last mail of the invitation was asked for a moment ago. */
export function checkCooldown({ resendCooldown }: MailLimits, { updated_at }: Pick<InvitationRow, 'updated_at'>): void {
  const left = Math.ceil(resendCooldown - (Date.now() - updated_at.getTime()) / 1_000);
  if (left > 0) throw new RateLimited(`The invitation was sent a moment ago. Try again in ${left} seconds.`, { retryAfter: left });
}
