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
import { type MailContext, reachableUrl, senderOf } from './mail-context.ts';
import { wantsNotice } from './notices.ts';
import type { Mail } from './templates/message.ts';
import { render } from './templates/render.ts';
import { plainWording } from './templates/words.ts';

const sentences = { SPIKE: 'spike', THRESHOLD: 'reached', LIMIT: 'limit' } as const;

/** People whom one alert goes to at most. */
const most = 50;

/**
 * Mails what an alert found to its recipients, but for members who have chosen to go without. It may be sent twice, with the same Message-ID.
 */
export async function sendAlert(
  context: Omit<MailContext, 'keyring'> & { readonly policies: LivePolicies },
  job: Jobs['send-alert'],
): Promise<void> {
  const { database, mailer, policies, wording } = context;
  const publicUrl = reachableUrl(context);
  const organization = toUuid('organization', job.organizationId);
  const ready = await database.read({ organization }, async (db) => {
    const sender = await senderOf(db, organization);
    const row = (await db('alert_firings')
      .where({ org_id: organization, id: toUuid('alertFiring', job.alertFiringId) })
      .first(db.raw(firingColumns))) as FiringRow | undefined;
    if (!sender || !row) return undefined;
    return { sender, row, to: await addressesOf(db, policies, job.organizationId, row.recipients) };
  });
  if (!ready) return;
  const { sender, row, to } = ready;
  for (const [index, email] of to.entries()) {
    const about = { id: `${job.alertFiringId}-${index}`, email, facts: row.facts, periodStart: row.period, publicUrl };
    await mailer.send(alertMail({ ...about, ...sender }, wording));
  }
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
  return render(
    {
      ...{ id, to: email, mail: 'alert' },
      values: { title, organization, meter, unit, period, quantity: shown(quantity), limit: shown(limit) },
      blocks: (words, { api }) => [{ sentence: words[sentences[on]] }, { sentence: words.what }, { link: `${publicUrl}/docs`, label: api }],
    },
    language,
    wording,
  );
}

const shown = (amount: number): string => String(Number(amount.toPrecision(12)));

/** The addresses of the recipients, each once, in a fixed order. */
async function addressesOf(db: Db, policies: LivePolicies, organizationId: string, recipients: Recipients): Promise<string[]> {
  const org = toUuid('organization', organizationId);
  const { roles = [], memberIds = [], billingEmails: toBilling = false } = recipients;
  const sql = `select u.id, u.email from users u join members m on m.org_id = :org and m.user_id = u.id and m.state = 'ACTIVE'
    where u.email is not null and (u.id = any(:ids::uuid[]) or exists (
      select from grants g where g.org_id = :org and g.user_id = u.id and g.project_id is null and g.role = any(:roles::text[]) and ${livingGrant}))
    order by u.id limit ${most}`;
  const ids = memberIds.map((id) => toUuid('user', id));
  const { rows } = (await db.raw(sql, { org, ids, roles })) as { rows: { id: string; email: string }[] };
  const wanting: string[] = [];
  for (const { id, email } of rows) {
    if (await wantsNotice(db, policies, { organizationId, userId: toId('user', id) }, 'alert')) wanting.push(email);
  }
  if (toBilling) wanting.push(...(await billingEmails(db, await blueprintOf(db, policies, organizationId), org, 'ALERTS')));
  return [...new Map(wanting.map((email) => [foldEmail(email), email])).values()];
}

async function blueprintOf(db: Db, policies: LivePolicies, organizationId: string): Promise<Blueprint> {
  const nobody = userOf(toId('user', '00000000-0000-0000-0000-000000000000'));
  const { revisions } = await takeSnapshot(db, nobody, domainOf({ organizationId }), { organizationId });
  return (await policies.get(revisions)).engine.blueprint!;
}
