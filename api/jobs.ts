import { cleanUp } from '../core/access/clean-up.ts';
import { noticeKeyEnds } from '../core/access/key-notices.ts';
import { purgeProjects } from '../core/access/project-deletions.ts';
import type { Planner } from '../core/access-plans/planner.ts';
import { checkAlerts } from '../core/alerts/checking.ts';
import { closeDenials } from '../core/audit/denials.ts';
import { keepDecisionLog } from '../core/authorization/decision-log/writing.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import { settleSubscriptions } from '../core/billing/settling.ts';
import type { AlertMailLimits } from '../core/delivery/alert-budgets.ts';
import { sendAlert, sendAlertMail } from '../core/delivery/alert-mail.ts';
import { makeExport } from '../core/delivery/export-making.ts';
import type { GuardedFetch } from '../core/delivery/guarded-fetch.ts';
import { sendInstanceFailure, sendInstanceFailureMail } from '../core/delivery/instance-failure-mail.ts';
import { sendInvitation } from '../core/delivery/invitation-mail.ts';
import { sendKeyNotice } from '../core/delivery/key-notice-mail.ts';
import { checkLogo } from '../core/delivery/logo-check.ts';
import type { MailContext } from '../core/delivery/mail-context.ts';
import { sendOwnershipTransfer } from '../core/delivery/ownership-transfer-mail.ts';
import { createSlowReceivers } from '../core/delivery/slow-receivers.ts';
import { sendSupportRequest } from '../core/delivery/support-request-mail.ts';
import type { WebhookContext } from '../core/delivery/webhook-attempt.ts';
import { sendWebhook, sendWebhookDelivery, wakeForgotten } from '../core/delivery/webhook-sending.ts';
import type { Tasks } from '../core/jobs/runner.ts';
import { purgeDeleted } from '../core/organizations/deletions.ts';
import { keepUsage } from '../core/usage/keeping.ts';
import { rollUpUsage } from '../core/usage/rollups.ts';

/** What this process does for each job that it takes from the outbox. */
export function createTasks(
  context: MailContext &
    WebhookContext & {
      readonly graceDays: number;
      readonly logDays: number;
      readonly mails: AlertMailLimits;
      readonly policies: LivePolicies;
      readonly fetch: GuardedFetch;
      readonly planner: Pick<Planner, 'make'>;
    },
): Tasks {
  const receivers = createSlowReceivers();
  return {
    'send-invitation': (job) => sendInvitation(context, job),
    'send-ownership-transfer': (job) => sendOwnershipTransfer(context, job),
    'send-key-notice': (job) => sendKeyNotice(context, job),
    'check-alerts': () => checkAlerts(context),
    'send-alert': (job) => sendAlert(context, job),
    'send-alert-mail': (job) => sendAlertMail(context, job),
    'send-instance-failure': (job) => sendInstanceFailure(context, job),
    'send-instance-failure-mail': (job) => sendInstanceFailureMail(context, job),
    'notice-key-ends': () => noticeKeyEnds(context.database),
    'send-support-request': (job) => sendSupportRequest(context, job),
    'make-export': (job) => makeExport(context, job),
    'send-webhook': (job) => sendWebhook({ ...context, receivers }, job),
    'send-webhook-delivery': (job) => sendWebhookDelivery({ ...context, receivers }, job),
    'wake-webhooks': () => wakeForgotten(context),
    'settle-subscriptions': () => settleSubscriptions(context),
    'make-access-plan': ({ accessPlanId }) => context.planner.make(accessPlanId),
    'check-logo': (job) => checkLogo(context, job),
    'clean-up': () => cleanUp(context.database),
    'purge-organizations': async () => void (await purgeDeleted(context.database, context)),
    'purge-projects': async () => void (await purgeProjects(context.database, context)),
    'close-denials': () => closeDenials(context.database),
    'roll-up-usage': (job) => rollUpUsage(context.database, job),
    'keep-usage': () => keepUsage(context.database),
    'keep-decision-log': () => keepDecisionLog(context.database, context.logDays),
  };
}
