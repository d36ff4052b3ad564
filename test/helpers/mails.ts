import { mailLimitsOf } from '../../core/access/invitation-budgets.ts';
import { readConfig } from '../../core/base/config.ts';

/** What the mails of controllers are counted against where a test says nothing else. */
export const mails = mailLimitsOf(readConfig({}));
