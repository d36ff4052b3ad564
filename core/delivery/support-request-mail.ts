import { findSupportAccess, isOpen } from '../access/support-access-rows.ts';
import { toUuid } from '../base/ids.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { readableTime } from './mail.ts';
import { type MailContext, reachableUrl, senderOf } from './mail-context.ts';
import type { Mail } from './templates/message.ts';
import { render } from './templates/render.ts';
import { plainWording } from './templates/words.ts';

/** Mails a member who may approve a support access, or the operator to whom it is offered, if it is not over and they have an address. It may be sent twice, with the same Message-ID. */
export async function sendSupportRequest(context: MailContext, job: Jobs['send-support-request']): Promise<void> {
  const { database, mailer } = context;
  const publicUrl = reachableUrl(context);
  const org = toUuid('organization', job.organizationId);
  const found = await database.read({ organization: org }, async (db) => {
    const sender = await senderOf(db, org);
    // After a purge there is no row.
    const row = sender && (await findSupportAccess(db, job).catch(() => undefined));
    const user = await db('users')
      .where({ id: toUuid('user', job.userId), state: 'ACTIVE' })
      .first('email');
    if (!sender || !row || !user?.email || !isOpen(row)) return undefined;
    return { ...row, ...sender, email: user.email as string };
  });
  if (found === undefined) return;
  await mailer.send(supportRequestMail({ ...found, ...job, expiresAt: found.expires_at, publicUrl }, context.wording));
}

/** The mail about a support access: who asks for what and why, and how to approve or deny it; or until when it lasts where no approval is needed or it is offered. */
export function supportRequestMail(
  request: {
    organizationId: string;
    supportAccessId: string;
    userId: string;
    email: string;
    organization: string;
    role: string;
    reason: string;
    minutes: number;
    state: string;
    expiresAt: Date;
    offered_by: string | null;
    until: Date | null;
    publicUrl: string;
    language?: string | null;
  },
  wording = plainWording,
): Mail {
  const { organizationId, supportAccessId, userId, email, organization, role, reason, publicUrl, language } = request;
  const isAsked = request.state === 'REQUESTED';
  const isOffered = request.offered_by !== null;
  const curl = [
    // The operator ends it as such, whatever else they are in the organization.
    ...(isOffered
      ? [`ACCESS=${supportAccessId}`, `API=${publicUrl}/v1`]
      : [`ORG=${organizationId}`, `ACCESS=${supportAccessId}`, `API=${publicUrl}/v1/organizations/$ORG`]),
    'curl -X POST -H "Authorization: Bearer $TOKEN" \\',
    `  $API/support-accesses/$ACCESS/${isAsked ? 'approve' : 'end'}`,
  ].join('\n');
  const time = readableTime(isAsked ? request.expiresAt : request.until!);
  return render(
    {
      id: `${supportAccessId}-${userId}`,
      to: email,
      mail: isOffered ? 'supportOffer' : isAsked ? 'supportRequest' : 'supportAccess',
      values: { organization, role, reason, minutes: String(request.minutes), time },
      blocks: (words, { signedIn }) => [
        { sentence: 'asks' in words ? words.asks : 'has' in words ? words.has : words.offered },
        { sentence: words.reason },
        { sentence: words.how },
        { sentence: signedIn },
        { code: curl },
        { sentence: 'deny' in words ? words.deny : words.audited },
      ],
    },
    language,
    wording,
  );
}
