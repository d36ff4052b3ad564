import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** What is done outside of requests, and the payload of each job: ids, never secrets and nothing that could have changed meanwhile. */
export interface Jobs {
  /** `kid` names the key that the token was made with. */
  'send-invitation': {
    readonly organizationId: string;
    readonly invitationId: string;
    readonly tokenVersion: number;
    readonly kid: string;
  };
  'send-ownership-transfer': { readonly organizationId: string; readonly transferId: string };
  'send-key-notice': { readonly organizationId: string; readonly apiKeyId: string; readonly days: number };
  'check-alerts': Record<string, never>;
  'send-alert': { readonly organizationId: string; readonly alertFiringId: string };
  /** To one recipient: a member by id, or an address of the billing profile by its digest. */
  'send-alert-mail': { readonly organizationId: string; readonly alertFiringId: string; readonly recipient: string };
  /** An application has failed so often that mails are sent; `failureId` tells this period from the next one. */
  'send-instance-failure': {
    readonly organizationId: string;
    readonly instanceId: string;
    readonly failureId: string;
    readonly failedAt: string;
    readonly failure: string;
  };
  'send-instance-failure-mail': Jobs['send-instance-failure'] & { readonly userId: string };
  'notice-key-ends': Record<string, never>;
  /** To one of those who may approve it, or to the operator to whom it is offered. */
  'send-support-request': { readonly organizationId: string; readonly supportAccessId: string; readonly userId: string };
  'make-export': { readonly organizationId: string; readonly exportId: string };
  /** What waits for a webhook, in its order. The database puts it into the outbox with each event (wake_webhook). */
  'send-webhook': { readonly organization: string; readonly webhook: string };
  'send-webhook-delivery': { readonly organizationId: string; readonly webhookId: string; readonly deliveryId: string };
  'wake-webhooks': Record<string, never>;
  'settle-subscriptions': Record<string, never>;
  'make-access-plan': { readonly accessPlanId: string };
  'check-logo': { readonly organizationId: string };
  'clean-up': Record<string, never>;
  'purge-organizations': Record<string, never>;
  'purge-projects': Record<string, never>;
  'close-denials': Record<string, never>;
  /** What an organization has reported is added up by hour and by day; without one, of all. */
  'roll-up-usage': { readonly organizationId?: string };
  'keep-usage': Record<string, never>;
  'keep-decision-log': Record<string, never>;
  'release-jobs': Record<string, never>;
}

/** A job with its payload. */
export interface Job<J extends keyof Jobs> {
  readonly payload: Jobs[J];
  /** A job with the same key that still waits is replaced. */
  readonly jobKey?: string;
  /** Jobs of one queue run one after the other. */
  readonly queue?: string;
}

/** Jobs that send one mail each. They run beside the rest, and organizations take turns. */
export const mailTasks = [
  'send-invitation',
  'send-ownership-transfer',
  'send-key-notice',
  'send-alert-mail',
  'send-instance-failure-mail',
  'send-support-request',
] as const satisfies readonly (keyof Jobs)[];

type MailTask = (typeof mailTasks)[number];

/** Goes on with an export. An organization makes one at a time, so that others have room beside it. */
export function exportJob(payload: Jobs['make-export']): Job<'make-export'> {
  return { payload, queue: `make-export:${payload.organizationId}` };
}

/**
 * Puts jobs of one kind into the outbox in the transaction of the change: they run after the commit, at least once, and never when the
 * transaction rolls back. One statement, however many.
 */
export async function enqueueAll<J extends Exclude<keyof Jobs, MailTask>>(db: Db, task: J, jobs: readonly Job<J>[]): Promise<void> {
  await db.raw('select enqueue_all(?, ?::json)', [task, JSON.stringify(jobs)]);
}

/**
 * As enqueueAll, for jobs that send one mail each. A mail goes behind the mails of all organizations that have fewer ahead of them, where an organization has one
 * mail a second ahead of it less; so however many one asks for, those of another do not wait for them.
 */
export async function enqueueInTurn<J extends MailTask>(db: Db, task: J, mails: readonly Job<J>[]): Promise<void> {
  const jobs = mails.map((mail) => ({ ...mail, organization: toUuid('organization', mail.payload.organizationId) }));
  await db.raw('select enqueue_mails(?, ?::json)', [task, JSON.stringify(jobs)]);
}

/** As enqueueInTurn: says to the sender's effects whom the mails are for. */
export async function enqueueMails<J extends MailTask>(
  db: Db,
  sender: { readonly effects: { readonly mails: string[] } },
  task: J,
  mails: readonly (Job<J> & { readonly to: string })[],
): Promise<void> {
  await enqueueInTurn(
    db,
    task,
    mails.map(({ to: _, ...job }) => job),
  );
  sender.effects.mails.push(...mails.map(({ to }) => to));
}
