import { keepDenials } from '../audit/denials.ts';
import { record } from '../audit/record.ts';
import { type Actor, createActor, isSignedOut } from '../authorization/decisions/actor.ts';
import type { Decision } from '../authorization/decisions/decide.ts';
import { denialsToKeep } from '../authorization/decisions/records.ts';
import { nameOf, type Subject, subjectNamed } from '../authorization/decisions/subjects.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { FailedPrecondition, LimitExceeded, NotFound, PermissionDenied, Unauthenticated } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { isKeySecret, keySecretHash, newKeySecret } from '../base/key-secret.ts';
import { spend } from '../database/budgets.ts';
import type { Database, Db } from '../database/database.ts';
import { downloadExport, type ExportContent, type ExportPlace, requireDownload } from './exports.ts';

/** The beginning of the token of a link. */
const prefix = 'tntd_';
/** Links of one export at a time, those that an organization makes in a day (UTC), and downloads by one link (docs/limits.md). */
const most = 20;
const mostInDay = 500;
const mostUses = 20;
const usualSeconds = 300;

/** A link with its token, which is shown this once and is nowhere else. */
export interface ExportLink {
  readonly id: string;
  readonly exportId: string;
  readonly token: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

interface ExportLinkRow {
  org_id: string;
  id: string;
  export_id: string;
  created_by: string;
  uses: number;
  expires_at: Date;
  created_at: Date;
  /** Until when the second factor counts by which its author made it, in milliseconds since 1970; null where the author had no token. */
  second_factor_until: number | null;
}

/**
 * Makes a link that downloads an export for some minutes, at most as long as there is the export. Asks for what downloading it asks for. Throws
 * NotFound, FailedPrecondition, LimitExceeded, RateLimited.
 */
export async function createExportLink(
  db: Db,
  actor: Actor,
  input: ExportPlace & { expiresInSeconds?: number | undefined },
): Promise<ExportLink> {
  const { organizationId, exportId, expiresInSeconds = usualSeconds } = input;
  const { kind, format, expires_at } = await requireDownload(db, actor, input);
  await refuseBoundKey(db, actor);
  const of = { org_id: toUuid('organization', organizationId), export_id: toUuid('export', exportId) };
  const [{ count }] = (await db('export_links').where(of).whereRaw('expires_at > now()').count('* as count')) as [{ count: string }];
  if (Number(count) >= most)
    throw new LimitExceeded(`An export has ${most} links at most. Wait until one of them has ended.`, most, Number(count));
  const refusal = `An organization makes ${mostInDay} links to exports in a day (UTC) at most.`;
  await spend(db, [{ kind: 'export-links', subject: organizationId, amount: 1, limit: mostInDay, refusal }]);
  const token = newKeySecret(prefix);
  const id = newId('exportLink');
  const [row]: ExportLinkRow[] = await db('export_links')
    .insert({
      ...{
        ...of,
        id: toUuid('exportLink', id),
        token_hash: keySecretHash(token),
        created_by: actor.name,
        second_factor_until: secondFactorOf(actor.principal.subject),
      },
      expires_at: db.raw("least(now() + ? * interval '1 second', ?::timestamptz)", [expiresInSeconds, expires_at]),
    })
    .returning('*');
  const [createdAt, expiresAt] = [row!.created_at.toISOString(), row!.expires_at.toISOString()];
  await record(db, actor, { organizationId, action: 'export.link', target: exportId, after: { linkId: id, kind, format, expiresAt } });
  return { id, exportId, token, createdAt, expiresAt };
}

/** A link works from everywhere, and a key that is bound to networks does not: it must not make something that reaches further than it does. */
async function refuseBoundKey(db: Db, { principal: { subject } }: Actor): Promise<void> {
  if (subject.type !== 'api-key') return;
  const bound = await db('api_keys').where({ id: subject.uuid }).whereNotNull('allowed_addresses').first('id');
  if (!bound) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'This key works from some networks alone, and a link works from everywhere. Download the export with the key itself.',
  );
}

/**
 * Records the download by a link and says what its content is. The policy is asked again whether who made the link may download the export. Throws
 * NotFound, always the same, for everything that does not open.
 */
export async function openExportLink(
  { database, policies }: { readonly database: Database; readonly policies: LivePolicies },
  input: { token: string; requestId: string },
): Promise<ExportContent> {
  // What is mistyped or made up costs no look-up.
  if (!isKeySecret(input.token)) throw new NotFound();
  const token_hash = keySecretHash(input.token);
  const found: Pick<ExportLinkRow, 'org_id'> | undefined = await database.read('platform', (db) =>
    db('export_links').where({ token_hash }).whereRaw(isOpen).first('org_id'),
  );
  if (!found) throw new NotFound();
  const scope = { organization: found.org_id };
  let denials: readonly Decision[] = [];
  try {
    return await database.write(scope, async (db) => {
      const [actor, link] = await findLink(db, policies, { token_hash, ...found }, input.requestId);
      denials = actor.denials;
      return useLink(db, actor, link);
    });
  } catch (error) {
    const kept = denialsToKeep(denials);
    if (kept.length > 0) await database.write(scope, (db) => keepDenials(db, kept, error));
    // Whoever has the link learns no more than that it does not open.
    const isRefusal = error instanceof PermissionDenied || error instanceof FailedPrecondition || error instanceof Unauthenticated;
    throw isRefusal ? new NotFound() : error;
  }
}

const isOpen = `expires_at > now() and uses < ${mostUses}`;

/** The link, and who made it as they are now. Throws NotFound where it is not open, or they have signed out since or do not act under that name any more. */
async function findLink(
  db: Db,
  policies: LivePolicies,
  { token_hash, org_id }: { token_hash: Buffer; org_id: string },
  requestId: string,
): Promise<[Actor, ExportLinkRow]> {
  await db.raw('select from organizations where id = ? for no key update', [org_id]);
  const row: ExportLinkRow | undefined = await db('export_links').where({ token_hash }).whereRaw(isOpen).forUpdate().first();
  if (!row) throw new NotFound();
  const subject = makerOf(row);
  // A key ends by itself.
  const issuedAt = subject.type === 'api-key' ? Number.POSITIVE_INFINITY : row.created_at.getTime() / 1_000;
  const principal = { subject, issuedAt };
  const actor = createActor({ db, policies, principal, name: row.created_by, requestId, lock: true });
  const snapshot = await actor.snapshot({ organizationId: toId('organization', org_id) });
  if (isSignedOut(principal, snapshot) || nameOf(snapshot.subject, snapshot.supportAccessId) !== row.created_by) throw new NotFound();
  if (subject.type === 'api-key') await refuseBoundKey(db, actor);
  return [actor, row];
}

async function useLink(db: Db, actor: Actor, { org_id, id, export_id, uses }: ExportLinkRow): Promise<ExportContent> {
  const organizationId = toId('organization', org_id);
  await actor.require('export', 'read', { organizationId });
  await db('export_links')
    .where({ org_id, id })
    .update({ uses: uses + 1 });
  return downloadExport(db, actor, { organizationId, exportId: toId('export', export_id), linkId: toId('exportLink', id) });
}

/** Who made the link: a second factor counts as long as it did for the token by which it was made. */
function makerOf({ created_by, second_factor_until: until }: ExportLinkRow): Subject {
  const subject = subjectNamed(created_by);
  return subject.type === 'user' && until !== null ? { ...subject, signIn: { secondFactorUntil: until } } : subject;
}

const secondFactorOf = (subject: Subject): number | null =>
  subject.type === 'user' && subject.signIn !== undefined ? subject.signIn.secondFactorUntil : null;
