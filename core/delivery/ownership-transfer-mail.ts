import { toUuid } from '../base/ids.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { transferRows } from '../organizations/ownership-transfers.ts';
import type { MailContext } from './invitation-mail.ts';
import { escapeHtml, type Mail, plainName, readableTime } from './mail.ts';

/** Mails the recipient of an offer, if it is still pending and they have an address. It may be sent twice, with the same Message-ID. */
export async function sendOwnershipTransfer(context: MailContext, job: Jobs['send-ownership-transfer']): Promise<void> {
  const { database, mailer } = context;
  const publicUrl = context.publicUrl();
  if (publicUrl === '') throw new Error('The API does not listen yet, so a mail cannot say where it is.');
  const org = toUuid('organization', job.organizationId);
  const found = await database.read({ organization: org }, async (db) => {
    const row = await transferRows(db)
      .where({ org_id: org, id: toUuid('ownershipTransfer', job.transferId) })
      .first();
    const organization = await db('organizations').where({ id: org }).whereNot({ state: 'DELETED' }).first('name');
    if (row?.state !== 'OFFERED' || !organization) return undefined;
    const people: { id: string; email: string | null }[] = await db('users')
      .whereIn('id', [row.recipient_id, row.offered_by])
      .select('id', 'email');
    const emailOf = (id: string) => people.find((user) => user.id === id)?.email ?? undefined;
    const names = { email: emailOf(row.recipient_id), owner: emailOf(row.offered_by) };
    return { ...names, organization: organization.name as string, expiresAt: row.expires_at };
  });
  if (found?.email === undefined) return;
  await mailer.send(ownershipTransferMail({ ...found, email: found.email, ...job, publicUrl }));
}

/** The mail of an offer: who makes it, until when it stands, and how to accept or decline. */
export function ownershipTransferMail(offer: {
  organizationId: string;
  transferId: string;
  email: string;
  owner?: string | undefined;
  organization: string;
  expiresAt: Date;
  publicUrl: string;
}): Mail {
  const { organizationId, transferId, email, owner, publicUrl } = offer;
  const organization = plainName(offer.organization);
  const until = readableTime(offer.expiresAt);
  const offered = `${owner ?? 'The owner'} offers you the ownership of the organization\n"${organization}".`;
  const how = `Sign in as ${email} and accept or decline,\nuntil ${until}. With the access token of your identity provider in TOKEN:`;
  // No line is longer than 76 letters, or the mail would be encoded and could not be copied from its source.
  const curl = [
    `ORG=${organizationId}`,
    `TRANSFER=${transferId}`,
    `API=${publicUrl}/v1/organizations/$ORG`,
    'curl -X POST -H "Authorization: Bearer $TOKEN" \\',
    '  $API/ownership-transfers/$TRANSFER/accept',
  ].join('\n');
  const decline = 'To decline, write decline in the place of accept.';
  const unless = 'Nothing changes unless you accept.';
  const docs = `${publicUrl}/docs`;
  return {
    id: transferId,
    to: email,
    subject: `Ownership of ${organization}`,
    text: [offered, '', how, '', curl, '', decline, unless, '', `The API: ${docs}`, ''].join('\n'),
    html: [
      '<!doctype html>',
      `<p>${escapeHtml(offered)}</p>`,
      `<p>${escapeHtml(how)}</p>`,
      `<pre>${escapeHtml(curl)}</pre>`,
      `<p>${escapeHtml(decline)} ${escapeHtml(unless)}</p>`,
      `<p><a href="${escapeHtml(docs)}">The API</a></p>`,
      '',
    ].join('\n'),
  };
}
