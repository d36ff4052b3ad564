import type { MailLimits } from '../access/invitation-budgets.ts';
import { foldEmail } from '../base/email-address.ts';
import { toUuid } from '../base/ids.ts';
import { isTooMuch, readUsed, type Spending, spend } from '../database/budgets.ts';
import type { Database, Db } from '../database/database.ts';
import { enqueueInTurn, type Job } from '../jobs/jobs.ts';

/** How many mails alerts may cause in a day (UTC). */
export type AlertMailLimits = Pick<MailLimits, 'perAddress' | 'perOrganization'>;

/** What the mails are about. Each has budgets of its own: an application that fails uses up no mails of alerts. */
export type AlertMailKind = 'alert' | 'instance-failure';

/** Mails of one kind of one organization to one address in a day (UTC) at most (docs/limits.md). */
const perAddressInOrganization = 20;

/** Puts a job for each of these into the outbox as far as the budgets of the day go. */
export async function enqueueWithin<J extends Parameters<typeof enqueueInTurn>[1], T extends { readonly email: string }>(
  database: Database,
  limits: AlertMailLimits,
  about: About & { readonly to: readonly T[] },
  { task, jobOf }: { readonly task: J; readonly jobOf: (one: T) => Job<J> },
): Promise<void> {
  if (about.to.length === 0) return;
  await database.write({ organization: toUuid('organization', about.organizationId) }, async (db) => {
    await enqueueInTurn(db, task, (await spendMails(db, limits, about)).map(jobOf));
  });
}

/**
 * Counts a mail to each of these, and returns those to whom one may still go today: an address that has its own from elsewhere, and the organization that
 * has sent all of its own, get no more. What fired is in the list of firings all the same.
 */
async function spendMails<T extends { readonly email: string }>(
  db: Db,
  limits: AlertMailLimits,
  { to, ...about }: About & { readonly to: readonly T[] },
): Promise<T[]> {
  const each = to.map((one) => ({ one, spendings: toAddress(limits, about, one.email) }));
  const used = await readUsed(db, [...each.flatMap(({ spendings }) => spendings), ofOrganization(limits, about, 1)]);
  const within: typeof each = [];
  for (const next of each) {
    const all = [...next.spendings, ofOrganization(limits, about, within.length + 1)];
    if (!all.some((spending) => isTooMuch(spending, used))) within.push(next);
  }
  if (within.length === 0) return [];
  await spend(db, [...within.flatMap(({ spendings }) => spendings), ofOrganization(limits, about, within.length)]);
  return within.map(({ one }) => one);
}

interface About {
  readonly organizationId: string;
  readonly kind: AlertMailKind;
}

const refusal = 'No more mails of alerts can be sent today; from midnight (UTC) on it is possible again.';

/** One mail to an address, invitations to it included. The first one of an organization always goes, so that no other organization keeps it from its people. */
function toAddress({ perAddress }: AlertMailLimits, { organizationId, kind }: About, email: string): Spending[] {
  const address = foldEmail(email);
  const about = { amount: 1, refusal };
  const inOrganization: Spending = {
    ...{ kind: `${kind}-mails-to-address-in-organization`, subject: `${organizationId} ${address}` },
    ...{ ...about, limit: perAddressInOrganization },
  };
  const inAll: Spending = {
    kind: 'mails-to-address',
    subject: address,
    ...about,
    limit: perAddress,
    isShared: true,
    unlessFirst: inOrganization,
  };
  return [inOrganization, inAll];
}

function ofOrganization({ perOrganization }: AlertMailLimits, { organizationId, kind }: About, amount: number): Spending {
  return { kind: `${kind}-mails-of-organization`, subject: organizationId, amount, limit: perOrganization, refusal };
}
