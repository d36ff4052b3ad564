import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition, InvalidInput, LimitExceeded } from '../base/errors.ts';
import { newId, toUuid } from '../base/ids.ts';
import type { Keyring } from '../base/keyring.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type AddressRule, literalAddress } from './address-rules.ts';
import {
  etagOfWebhook,
  findWebhook,
  lastSequence,
  mostResumed,
  requireContent,
  toWebhook,
  type Webhook,
  type WebhookPlace,
  type WebhookRow,
  wake,
  webhookKey,
} from './webhook-rows.ts';
import { newSecret } from './webhook-secret.ts';

/** A webhook with its new secret, which is shown this once. */
export type CreatedWebhook = Webhook & { readonly secret: string };

/** What this installation takes of webhooks. */
export interface WebhookRules {
  readonly keyring: Keyring;
  /** Whether URLs of http are taken. */
  readonly mayBePlain: boolean;
  /** Which addresses messages may go to. */
  readonly isAllowed: AddressRule;
  /** Actions of the audit log of an organization. */
  readonly eventTypes: ReadonlySet<string>;
}

/** Webhooks that an organization has at most (docs/limits.md). */
const most = 10;

type Content = Partial<Pick<Webhook, 'name' | 'url' | 'eventTypes'>>;

/** Makes a webhook, which gets the events that come after this one. Throws InvalidInput, LimitExceeded. */
export async function createWebhook(
  db: Db,
  actor: Actor,
  input: { organizationId: string; name: string; url: string; eventTypes?: string[] | undefined },
  rules: WebhookRules,
): Promise<CreatedWebhook> {
  const { organizationId, name, url, eventTypes = [] } = input;
  await requireContent(actor, organizationId);
  checkContent(rules, { url, eventTypes });
  const org_id = toUuid('organization', organizationId);
  // Of two at once, the second one counts the first.
  await db('organizations').where({ id: org_id }).forNoKeyUpdate().first('id');
  const [{ count }] = (await db('webhooks').where({ org_id }).count('* as count')) as [{ count: string }];
  if (Number(count) >= most)
    throw new LimitExceeded(`An organization has ${most} webhooks at most. Delete one that is not needed any more.`, most, Number(count));
  const webhookId = newId('webhook');
  const id = toUuid('webhook', webhookId);
  const { secret, sealed } = await newSecret(db, rules.keyring, { org_id, id });
  const [row]: WebhookRow[] = await db('webhooks')
    .insert({
      ...{ org_id, id, name, url, event_types: eventTypes, secret_sealed: sealed },
      ...{ created_by: actor.name, position: await lastSequence(db, org_id) },
    })
    .returning('*');
  const made = toWebhook(row!);
  await record(db, actor, { organizationId, action: 'webhook.create', target: webhookId, after: made });
  await db('webhooks')
    .where({ org_id, id })
    .update({ position: await lastSequence(db, org_id) });
  return { ...made, secret };
}

/** What the contract cannot know: which URLs this installation takes, and which types of events there are. */
function checkContent(rules: WebhookRules, { url, eventTypes = [] }: Content): void {
  const { eventTypes: known } = rules;
  const errors = [];
  const fault = url === undefined ? undefined : faultOfUrl(url, rules);
  if (fault !== undefined) errors.push({ pointer: '#/url', detail: fault });
  const nouns = new Set([...known].map((action) => action.split('.')[0]!));
  for (const [index, type] of eventTypes.entries()) {
    if (known.has(type) || nouns.has(type)) continue;
    errors.push({
      pointer: `#/eventTypes/${index}`,
      detail: 'is no action of the audit log of an organization, such as member.remove, and no noun of one',
    });
  }
  if (errors.length > 0) throw new InvalidInput('This webhook cannot be.', errors);
}

/** What is wrong with a URL to which nothing could ever be sent. What a name leads to is known when something is sent. */
function faultOfUrl(text: string, { mayBePlain, isAllowed }: WebhookRules): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isEncrypted = url?.protocol === 'https:';
  const isKnown = isEncrypted || (mayBePlain && url?.protocol === 'http:');
  if (!url || !isKnown || url.username !== '' || url.password !== '')
    return `must be ${mayBePlain ? 'an https URL, or an http URL to a network that this installation opens to webhooks,' : 'an https URL'} without user and password`;
  const address = literalAddress(url);
  if (!address || isAllowed(address, isEncrypted)) return undefined;
  return `must ${isEncrypted ? 'have a public address, or one' : 'be an https URL, or have an address'} in a network that this installation opens to webhooks`;
}

/** The webhooks of an organization, oldest first. */
export async function listWebhooks(db: Db, _actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<Webhook>> {
  const list = `webhooks of ${input.organizationId}`;
  const page = readPage(input, list, uuidKey);
  const query = db('webhooks')
    .where({ org_id: toUuid('organization', input.organizationId) })
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  return toPage(await query, page, list, (row: WebhookRow) => row.id, toWebhook);
}

/** One webhook. Throws NotFound. */
export async function getWebhook(db: Db, _actor: Actor, input: WebhookPlace): Promise<Webhook> {
  return toWebhook(await findWebhook(db, input));
}

/** Changes what is said; with another URL, types or state, what waits is tried at once. One that was disabled goes on behind the last event that it is done with. Throws InvalidInput, NotFound. */
export async function updateWebhook(
  db: Db,
  actor: Actor,
  input: WebhookPlace & Content & { state?: Webhook['state'] | undefined; preconditions?: Preconditions | undefined },
  rules: WebhookRules,
): Promise<Webhook> {
  const { organizationId, name, url, eventTypes, state } = input;
  await requireContent(actor, organizationId);
  checkContent(rules, { ...(url !== undefined && { url }), ...(eventTypes !== undefined && { eventTypes }) });
  const before = await findWebhook(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOfWebhook(before));
  const startsAnew = changesSending(before, input);
  const [row]: WebhookRow[] = await db('webhooks')
    .where({ org_id: before.org_id, id: before.id })
    .update({
      ...(name !== undefined && { name }),
      ...(url !== undefined && { url }),
      ...(eventTypes !== undefined && { event_types: eventTypes }),
      ...(state !== undefined && (await stateChange(db, before, state))),
      ...(startsAnew && { failures: 0, next_attempt_at: null }),
      ...nextVersion(db),
    })
    .returning('*');
  const after = toWebhook(row!);
  await record(db, actor, { organizationId, action: 'webhook.update', target: input.webhookId, before: toWebhook(before), after });
  if (startsAnew && row!.state === 'ACTIVE') await wake(db, row!);
  return after;
}

/** Whether something else is sent, or elsewhere, than before. */
function changesSending(before: WebhookRow, { url, eventTypes, state }: Content & { state?: Webhook['state'] | undefined }): boolean {
  const types = JSON.stringify(before.event_types);
  return (
    (url ?? before.url) !== before.url ||
    (state ?? before.state) !== before.state ||
    (eventTypes !== undefined && JSON.stringify(eventTypes) !== types)
  );
}

async function stateChange(db: Db, before: WebhookRow, state: Webhook['state']): Promise<object> {
  if (state === before.state) return {};
  if (state === 'DISABLED') return { state, disabled_reason: 'REQUESTED' };
  const first = (await lastSequence(db, before.org_id)) - mostResumed;
  return { state, disabled_reason: null, position: Math.max(Number(before.position), first) };
}

/** Ends a webhook, with its deliveries. Throws NotFound. */
export async function deleteWebhook(
  db: Db,
  actor: Actor,
  input: WebhookPlace & { preconditions?: Preconditions | undefined },
): Promise<void> {
  const row = await findWebhook(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOfWebhook(row));
  await db('webhooks').where(webhookKey(input)).delete();
  const { organizationId, webhookId: target } = input;
  await record(db, actor, { organizationId, action: 'webhook.delete', target, before: toWebhook(row) });
}

/** Gives it a new secret; the one before signs as well until the overlap ends. Throws NotFound, VersionMismatch, FailedPrecondition while another overlap lasts. */
export async function rotateWebhookSecret(
  db: Db,
  actor: Actor,
  input: WebhookPlace & { overlapSeconds?: number | undefined; preconditions?: Preconditions | undefined },
  { keyring }: Pick<WebhookRules, 'keyring'>,
): Promise<CreatedWebhook> {
  const { organizationId, webhookId, overlapSeconds = 86_400 } = input;
  const before = await findWebhook(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOfWebhook(before));
  if (overlapSeconds > 0) refuseOverlapping(before);
  const { secret, sealed } = await newSecret(db, keyring, before);
  const previous =
    overlapSeconds > 0 && before.disabled_reason !== 'KEY_LOST'
      ? {
          previous_secret_sealed: before.secret_sealed,
          previous_until: db.raw('now() + make_interval(secs => ?)', [overlapSeconds]),
        }
      : { previous_secret_sealed: null, previous_until: null };
  const [row]: WebhookRow[] = await db('webhooks')
    .where(webhookKey(input))
    .update({ secret_sealed: sealed, ...previous, ...nextVersion(db) })
    .returning('*');
  const after = toWebhook(row!);
  await record(db, actor, {
    ...{ organizationId, action: 'webhook.rotate-secret', target: webhookId },
    ...{ before: toWebhook(before), after },
  });
  return { ...after, secret };
}

/** Messages are signed with two secrets at most: a third one would end the first, by which the receiver may still know them. */
function refuseOverlapping({ previous_until: until, disabled_reason }: WebhookRow): void {
  if (until === null || until <= new Date() || disabled_reason === 'KEY_LOST') return;
  const time = until.toISOString();
  throw new FailedPrecondition(
    'failed-precondition',
    `The secret before the present one is good until ${time}, as was said when it was rotated. Rotate again after that, or with overlapSeconds 0, which ends both at once.`,
  );
}
