import { endsOf, type InvitationRow, invitationRows } from '../access/invitation-rows.ts';
import { toUuid } from '../base/ids.ts';
import { invitationToken, tokenHash } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { readableTime } from './mail.ts';
import { type MailContext, reachableUrl, senderOf } from './mail-context.ts';
import type { Mail } from './templates/message.ts';
import { render } from './templates/render.ts';
import { plainWording } from './templates/words.ts';

/**
 * Sends the mail of an invitation, if that is still what it was when the job was made: pending, not expired, and with the same
 * token. It may be sent twice when Tenet dies between sending and recording, with the same Message-ID.
 */
export async function sendInvitation(context: MailContext, job: Jobs['send-invitation']): Promise<void> {
  const { database, keyring, mailer } = context;
  const publicUrl = reachableUrl(context);
  const org = toUuid('organization', job.organizationId);
  const key = { org_id: org, id: toUuid('invitation', job.invitationId) };
  const found = await database.read({ organization: org }, async (db) => {
    const row = (await invitationRows(db).where(key).first('token_hash')) as (InvitationRow & { token_hash: Buffer }) | undefined;
    const sender = await senderOf(db, org);
    if (!row || !sender) return undefined;
    const project = row.project_id === null ? undefined : await db('projects').where({ org_id: org, id: row.project_id }).first('name');
    return {
      ...sender,
      row,
      project: project?.name as string | undefined,
      inviter: await inviterOf(db, row.invited_by),
    };
  });
  if (found?.row.state !== 'PENDING' || found.row.token_version !== job.tokenVersion) return;

  const token = invitationToken(keyring, { id: job.invitationId, version: job.tokenVersion }, job.kid);
  if (token === undefined || !tokenHash(token).equals(found.row.token_hash)) {
    throw new Error(`The encryption key ${job.kid} of this invitation is not in the keyring. Put it back, or resend the invitation.`);
  }
  const expiresAt = new Date(endsOf(found.row).expiresAt);
  await mailer.send(invitationMail({ ...job, email: found.row.email, expiresAt, ...found, token, publicUrl }, context.wording));
  await database.write({ organization: org }, (db) =>
    // Not a new version: a client that has not seen this overwrites nothing by it.
    db('invitations')
      .where({ ...key, token_version: job.tokenVersion })
      .update({ sent_count: db.raw('sent_count + 1'), last_sent_at: db.fn.now() }),
  );
}

/** The address of the inviter, or of whose key it was; none for a manifest or a service account. */
async function inviterOf(db: Db, invitedBy: string): Promise<string | undefined> {
  const [owner = ''] = invitedBy.split('/');
  if (!owner.startsWith('user_')) return undefined;
  const user = await db('users')
    .where({ id: toUuid('user', owner) })
    .first('email');
  return user?.email ?? undefined;
}

/** The mail of an invitation: who asks, until when, and how to accept. */
export function invitationMail(
  invitation: {
    invitationId: string;
    tokenVersion: number;
    email: string;
    organization: string;
    /** Of an invitation in a project, its name. */
    project?: string | undefined;
    inviter?: string | undefined;
    expiresAt: Date;
    token: string;
    publicUrl: string;
    language?: string | null;
  },
  wording = plainWording,
): Mail {
  const { invitationId, tokenVersion, email, organization, project = '', inviter, token, publicUrl, language } = invitation;
  const curl = [
    `INVITATION=${token}`,
    `curl -X POST ${publicUrl}/v1/invitations/accept \\`,
    '  -H "Authorization: Bearer $TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '{"token":"'$INVITATION'"}'`,
  ].join('\n');
  const mail = project !== '' ? 'projectInvitation' : tokenVersion > 1 ? 'invitationAgain' : 'invitation';
  const values = { email, organization, project, inviter: inviter ?? '', time: readableTime(invitation.expiresAt) };
  return render(
    {
      id: `${invitationId}.${tokenVersion}`,
      to: email,
      mail,
      values,
      blocks: (words, { example, api }) => [
        { sentence: inviter === undefined ? words.invited : words.invitedBy },
        ...('again' in words ? [{ sentence: words.again }] : []),
        { sentence: words.how },
        { code: token },
        { sentence: example },
        { code: curl },
        { link: `${publicUrl}/docs`, label: api },
        { sentence: words.unless },
      ],
    },
    language,
    wording,
  );
}
