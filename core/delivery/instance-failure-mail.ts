import { projectOfInstance } from '../apps/instance-rows.ts';
import { trialOver } from '../apps/trials.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { type AlertMailLimits, enqueueWithin } from './alert-budgets.ts';
import { readableTime } from './mail.ts';
import { type MailContext, reachableUrl, senderOf } from './mail-context.ts';
import { wantsNotice } from './notices.ts';
import { type Doing, peopleWhoMay, personMay } from './people-who-may.ts';
import type { Mail } from './templates/message.ts';
import { render } from './templates/render.ts';
import { plainWording } from './templates/words.ts';

/**
 * Puts a mail to each person who may restart the application into the outbox, but for those who have chosen to go without, and within the budgets of the day
 * for such mails. Nothing is sent when it has run or was asked to stop meanwhile.
 */
export async function sendInstanceFailure(
  context: Pick<MailContext, 'database'> & { readonly policies: LivePolicies; readonly mails: AlertMailLimits },
  job: Jobs['send-instance-failure'],
): Promise<void> {
  const { database, policies, mails } = context;
  const { organizationId } = job;
  const organization = toUuid('organization', organizationId);
  const all = await database.read({ organization }, async (db) => {
    const isToTell = (await senderOf(db, organization)) && (await findFailed(db, job));
    return isToTell ? recipientsOf(db, policies, job) : [];
  });
  await enqueueWithin(
    database,
    mails,
    { organizationId, to: all, kind: 'instance-failure' },
    {
      task: 'send-instance-failure-mail',
      jobOf: ({ userId }) => ({
        payload: { ...job, userId },
        jobKey: `send-instance-failure-mail/${job.failureId}/${userId}`,
      }),
    },
  );
}

/** Mails one of them, if they still may restart it and it still fails. It may be sent twice, with the same Message-ID. */
export async function sendInstanceFailureMail(
  context: Omit<MailContext, 'keyring'> & { readonly policies: LivePolicies },
  job: Jobs['send-instance-failure-mail'],
): Promise<void> {
  const { database, mailer, policies, wording } = context;
  const publicUrl = reachableUrl(context);
  const organization = toUuid('organization', job.organizationId);
  const ready = await database.read({ organization }, async (db) => {
    const sender = await senderOf(db, organization);
    const failed = await findFailed(db, job);
    if (!sender || !failed) return undefined;
    const [to] = await recipientsOf(db, policies, job, toUuid('user', job.userId));
    return to && { ...sender, ...failed, ...to };
  });
  if (ready) await mailer.send(instanceFailureMail({ ...job, ...ready, publicUrl }, wording));
}

/** The application, as long as it is failing; undefined where it runs, is not wanted or is gone. */
async function findFailed(db: Db, job: Jobs['send-instance-failure']): Promise<{ name: string } | undefined> {
  const [org_id, id] = [toUuid('organization', job.organizationId), toUuid('instance', job.instanceId)];
  const sql = `select p.name from instances i join projects p on p.org_id = i.org_id and p.id = i.id
    where i.org_id = :org_id and i.id = :id and i.desired = 'RUNNING' and i.failures > 0 and not ${trialOver}`;
  const { rows } = (await db.raw(sql, { org_id, id })) as { rows: { name: string }[] };
  return rows[0];
}

/** A person to whom the mail goes, with the address. */
interface Recipient {
  readonly userId: string;
  readonly email: string;
}

/** Those who may restart it and want such mails; or the one (uuid) that is wanted alone, if it is one. */
async function recipientsOf(
  db: Db,
  policies: LivePolicies,
  { organizationId, instanceId }: Jobs['send-instance-failure'],
  wanted?: string,
): Promise<Recipient[]> {
  const doing: Doing = { place: { organizationId, projectId: projectOfInstance(instanceId) }, permission: ['instance', 'restart'] };
  const ids = wanted === undefined ? await peopleWhoMay(db, policies, doing) : [wanted];
  if (wanted !== undefined && !(await personMay(db, policies, wanted, doing))) return [];
  const people: { id: string; email: string }[] = await db('users')
    .whereIn('id', ids)
    .whereNotNull('email')
    .orderBy('id')
    .select('id', 'email');
  const wanting: Recipient[] = [];
  for (const { id, email } of people) {
    const userId = toId('user', id);
    if (await wantsNotice(db, policies, { organizationId, userId }, 'instance-failure')) wanting.push({ userId, email });
  }
  return wanting;
}

/** The mail of an application that fails: which, why, and what to do. */
export function instanceFailureMail(
  notice: {
    failureId: string;
    failedAt: string;
    organizationId: string;
    instanceId: string;
    userId: string;
    email: string;
    name: string;
    failure: string;
    organization: string;
    publicUrl: string;
    language?: string | null;
  },
  wording = plainWording,
): Mail {
  const { failureId, failedAt, organizationId, instanceId, userId, email, name, failure, organization, publicUrl, language } = notice;
  const curl = [
    ...[`ORG=${organizationId}`, `INSTANCE=${instanceId}`, `API=${publicUrl}/v1/organizations/$ORG`],
    'curl -H "Authorization: Bearer $TOKEN" $API/instances/$INSTANCE/logs',
  ].join('\n');
  return render(
    {
      ...{ id: `${failureId}-${userId}`, to: email, mail: 'instanceFailure' },
      values: { name, id: instanceId, organization, failure, time: readableTime(new Date(failedAt)) },
      blocks: (words, { api }) => [
        ...[{ sentence: words.fails }, { sentence: words.why }, { sentence: words.what }],
        ...[{ code: curl }, { link: `${publicUrl}/docs`, label: api }],
      ],
    },
    language,
    wording,
  );
}
