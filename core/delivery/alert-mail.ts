import { createHash } from 'node:crypto';
import { type FiringFacts, type FiringRow, firingColumns, type Recipients } from '../alerts/alert-rows.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { userOf } from '../authorization/decisions/subjects.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { foldEmail } from '../base/email-address.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { billingEmails } from '../organizations/billing-profile.ts';
import { type AlertMailLimits, enqueueWithin } from './alert-budgets.ts';
import { type MailContext, reachableUrl, senderOf } from './mail-context.ts';
import { wantsNotice } from './notices.ts';
import type { Mail } from './templates/message.ts';
import { render } from './templates/render.ts';
import { plainWording } from './templates/words.ts';

const sentences = { SPIKE: 'spike', THRESHOLD: 'reached', LIMIT: 'limit' } as const;

/** People whom one alert goes to at most. */
const most = 50;

/** Puts a mail to each recipient into the outbox, but for members who have chosen to go without, and within the budgets of the day. */
export async function sendAlert(
  context: Pick<MailContext, 'database'> & { readonly policies: LivePolicies; readonly mails: AlertMailLimits },
  job: Jobs['send-alert'],
): Promise<void> {
  const { database, policies, mails } = context;
  const { organizationId } = job;
  const organization = toUuid('organization', organizationId);
  const all = await database.read({ organization }, async (db) => {
    const row = (await senderOf(db, organization)) && (await findFiring(db, job));
    return row ? recipientsOf(db, policies, organizationId, row.recipients) : [];
  });
  await enqueueWithin(
    database,
    mails,
    { organizationId, to: all, kind: 'alert' },
    {
      task: 'send-alert-mail',
      jobOf: ({ key: recipient }) => ({
        payload: { ...job, recipient },
        jobKey: `send-alert-mail/${job.alertFiringId}/${recipient}`,
      }),
    },
  );
}

/** Mails what an alert found to one recipient, if it still is one. It may be sent twice, with the same Message-ID. */
export async function sendAlertMail(
  context: Omit<MailContext, 'keyring'> & { readonly policies: LivePolicies },
  job: Jobs['send-alert-mail'],
): Promise<void> {
  const { database, mailer, policies, wording } = context;
  const publicUrl = reachableUrl(context);
  const organization = toUuid('organization', job.organizationId);
  const ready = await database.read({ organization }, async (db) => {
    const sender = await senderOf(db, organization);
    const row = await findFiring(db, job);
    if (!sender || !row) return undefined;
    const [to] = await recipientsOf(db, policies, job.organizationId, row.recipients, job.recipient);
    return to && { sender, row, to };
  });
  if (!ready) return;
  const { sender, row, to } = ready;
  const about = { id: `${job.alertFiringId}-${to.key}`, email: to.email, facts: row.facts, periodStart: row.period, publicUrl };
  await mailer.send(alertMail({ ...about, ...sender }, wording));
}

function findFiring(db: Db, { organizationId, alertFiringId }: Jobs['send-alert']): Promise<FiringRow | undefined> {
  return db('alert_firings')
    .where({ org_id: toUuid('organization', organizationId), id: toUuid('alertFiring', alertFiringId) })
    .first(db.raw(firingColumns));
}

/** The mail of an alert that fired: the numbers, and what to do. */
export function alertMail(
  alert: {
    id: string;
    email: string;
    facts: FiringFacts;
    periodStart: string;
    organization: string;
    publicUrl: string;
    language?: string | null;
  },
  wording = plainWording,
): Mail {
  const { id, email, facts, periodStart: period, organization, publicUrl, language } = alert;
  const { title, meter, unit, quantity, limit, on } = facts;
  const percent = String(facts.percent ?? Math.floor((quantity * 100) / limit));
  return render(
    {
      ...{ id, to: email, mail: 'alert' },
      values: { title, organization, meter, unit, period, quantity: shown(quantity), limit: shown(limit), percent },
      blocks: (words, { api }) => [{ sentence: words[sentences[on]] }, { sentence: words.what }, { link: `${publicUrl}/docs`, label: api }],
    },
    language,
    wording,
  );
}

const shown = (amount: number): string => String(Number(amount.toPrecision(12)));

/** One to whom a mail goes; the key tells it apart without its address. */
interface Recipient {
  readonly key: string;
  readonly email: string;
}

/** The recipients, each address once, in a fixed order; or the one that is wanted alone, if it is one. */
async function recipientsOf(
  db: Db,
  policies: LivePolicies,
  organizationId: string,
  recipients: Recipients,
  wanted?: string,
): Promise<Recipient[]> {
  const org = toUuid('organization', organizationId);
  const { roles = [], memberIds = [], billingEmails: toBilling = false } = recipients;
  const sql = `select u.id, u.email from users u join members m on m.org_id = :org and m.user_id = u.id and m.state = 'ACTIVE'
    where u.email is not null and (u.id = any(:ids::uuid[]) or exists (
      select from grants g where g.org_id = :org and g.user_id = u.id and g.project_id is null and g.role = any(:roles::text[]) and ${livingGrant}))
    order by u.id limit ${most}`;
  const ids = memberIds.map((id) => toUuid('user', id));
  const { rows } = (await db.raw(sql, { org, ids, roles })) as { rows: { id: string; email: string }[] };
  const isWanted = ({ key }: Recipient) => wanted === undefined || key === wanted;
  const found: Recipient[] = [];
  for (const one of rows.map(({ id, email }) => ({ key: toId('user', id), email })).filter(isWanted)) {
    if (await wantsNotice(db, policies, { organizationId, userId: one.key }, 'alert')) found.push(one);
  }
  if (toBilling) {
    const emails = await billingEmails(db, await blueprintOf(db, policies, organizationId), org, 'ALERTS');
    found.push(...emails.map((email) => ({ key: digestOf(email), email })).filter(isWanted));
  }
  const first = new Map<string, Recipient>();
  for (const one of found) if (!first.has(foldEmail(one.email))) first.set(foldEmail(one.email), one);
  return [...first.values()];
}

function digestOf(email: string): string {
  return createHash('sha256').update(foldEmail(email)).digest('hex').slice(0, 32);
}

async function blueprintOf(db: Db, policies: LivePolicies, organizationId: string): Promise<Blueprint> {
  const noUser = userOf(toId('user', '00000000-0000-0000-0000-000000000000'));
  const { revisions } = await takeSnapshot(db, noUser, domainOf({ organizationId }), { organizationId });
  return (await policies.get(revisions)).engine.blueprint!;
}
