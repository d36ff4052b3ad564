import { findSupportAccess } from '../access/support-access-rows.ts';
import { toUuid } from '../base/ids.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { MailContext } from './invitation-mail.ts';
import { escapeHtml, type Mail, plainName, readableTime } from './mail.ts';

/** Mails a member who may approve a support access, if it still waits and they have an address. It may be sent twice, with the same Message-ID. */
export async function sendSupportRequest(context: MailContext, job: Jobs['send-support-request']): Promise<void> {
  const { database, mailer } = context;
  const publicUrl = context.publicUrl();
  if (publicUrl === '') throw new Error('The API does not listen yet, so a mail cannot say where it is.');
  const org = toUuid('organization', job.organizationId);
  const found = await database.read({ organization: org }, async (db) => {
    const organization = await db('organizations').where({ id: org }).whereNot({ state: 'DELETED' }).first('name', 'blueprint');
    // After a purge there is no row.
    const row = organization && (await findSupportAccess(db, job).catch(() => undefined));
    const user = await db('users')
      .where({ id: toUuid('user', job.userId), state: 'ACTIVE' })
      .first('email');
    if (!row || !user?.email || (row.state !== 'REQUESTED' && row.state !== 'APPROVED')) return undefined;
    return { ...row, email: user.email as string, organization: organization.name as string };
  });
  if (found === undefined) return;
  await mailer.send(supportRequestMail({ ...found, ...job, expiresAt: found.expires_at, publicUrl }));
}

/** The mail about a support access: who asks for what and why, and how to approve or deny it; or until when it lasts where nobody is asked. */
export function supportRequestMail(request: {
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
  until: Date | null;
  publicUrl: string;
}): Mail {
  const { organizationId, supportAccessId, userId, email, role, minutes, publicUrl, until } = request;
  const organization = plainName(request.organization);
  const reason = plainName(request.reason);
  const isAsked = request.state === 'REQUESTED';
  const verb = isAsked ? 'asks for' : 'has';
  const asks = `An operator of this installation ${verb} the role ${role}\nin the organization "${organization}" for ${minutes} minutes.`;
  const how = isAsked
    ? `Approve or deny it until ${readableTime(request.expiresAt)}.\nWith the access token of your identity provider in TOKEN:`
    : `It ends by itself at ${readableTime(until!)}. To end it before,\nwith the access token of your identity provider in TOKEN:`;
  // No line is longer than 76 letters, or the mail would be encoded and could not be copied from its source.
  const curl = [
    `ORG=${organizationId}`,
    `ACCESS=${supportAccessId}`,
    `API=${publicUrl}/v1/organizations/$ORG`,
    'curl -X POST -H "Authorization: Bearer $TOKEN" \\',
    `  $API/support-accesses/$ACCESS/${isAsked ? 'approve' : 'end'}`,
  ].join('\n');
  const unless = isAsked
    ? 'To deny it, write deny in the place of approve. Nobody is let in unless\nyou or another administrator approves.'
    : 'What the operator does is in the audit log.';
  return {
    id: `${supportAccessId}-${userId}`,
    to: email,
    subject: `Support access to ${organization}`,
    text: [asks, '', 'The reason:', reason, '', how, '', curl, '', unless, ''].join('\n'),
    html: [
      '<!doctype html>',
      `<p>${escapeHtml(asks)}</p>`,
      `<p>The reason: ${escapeHtml(reason)}</p>`,
      `<p>${escapeHtml(how)}</p>`,
      `<pre>${escapeHtml(curl)}</pre>`,
      `<p>${escapeHtml(unless)}</p>`,
      '',
    ].join('\n'),
  };
}
