import { toUuid } from '../base/ids.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { transferRows } from '../organizations/ownership-transfers.ts';
import { readableTime } from './mail.ts';
import { type MailContext, reachableUrl, senderOf } from './mail-context.ts';
import type { Mail } from './templates/message.ts';
import { render } from './templates/render.ts';
import { plainWording } from './templates/words.ts';

/** Mails the recipient of an offer, if it is still pending and they have an address. It may be sent twice, with the same Message-ID. */
export async function sendOwnershipTransfer(context: MailContext, job: Jobs['send-ownership-transfer']): Promise<void> {
  const { database, mailer } = context;
  const publicUrl = reachableUrl(context);
  const org = toUuid('organization', job.organizationId);
  const found = await database.read({ organization: org }, async (db) => {
    const row = await transferRows(db)
      .where({ org_id: org, id: toUuid('ownershipTransfer', job.transferId) })
      .first();
    const sender = await senderOf(db, org);
    if (row?.state !== 'OFFERED' || !sender) return undefined;
    const people: { id: string; email: string | null }[] = await db('users')
      .whereIn('id', [row.recipient_id, row.offered_by])
      .select('id', 'email');
    const emailOf = (id: string) => people.find((user) => user.id === id)?.email ?? undefined;
    return { ...sender, email: emailOf(row.recipient_id), owner: emailOf(row.offered_by), expiresAt: row.expires_at };
  });
  if (found?.email === undefined) return;
  await mailer.send(ownershipTransferMail({ ...found, email: found.email, ...job, publicUrl }, context.wording));
}

/** The mail of an offer: who makes it, until when it stands, and how to accept or decline. */
export function ownershipTransferMail(
  offer: {
    organizationId: string;
    transferId: string;
    email: string;
    owner?: string | undefined;
    organization: string;
    expiresAt: Date;
    publicUrl: string;
    language?: string | null;
  },
  wording = plainWording,
): Mail {
  const { organizationId, transferId, email, owner, organization, publicUrl, language } = offer;
  const curl = [
    `ORG=${organizationId}`,
    `TRANSFER=${transferId}`,
    `API=${publicUrl}/v1/organizations/$ORG`,
    'curl -X POST -H "Authorization: Bearer $TOKEN" \\',
    '  $API/ownership-transfers/$TRANSFER/accept',
  ].join('\n');
  return render(
    {
      id: transferId,
      to: email,
      mail: 'ownershipTransfer',
      values: { email, organization, owner: owner ?? '', time: readableTime(offer.expiresAt) },
      blocks: (words, { signedIn, api }) => [
        { sentence: owner === undefined ? words.offered : words.offeredBy },
        { sentence: words.how },
        { sentence: signedIn },
        { code: curl },
        { sentence: words.decline },
        { link: `${publicUrl}/docs`, label: api },
      ],
    },
    language,
    wording,
  );
}
