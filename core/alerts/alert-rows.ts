import { toId } from '../base/ids.ts';
import { etagOf } from '../base/versions.ts';

export type Measure = 'QUANTITY' | 'COST';

interface Measured {
  readonly meter: string;
  readonly measure: Measure;
  /** Without it the whole organization. */
  readonly projectId?: string;
}

/** Usage of a day or a month (UTC) that reaches a quantity. */
export interface Threshold extends Measured {
  readonly on: 'THRESHOLD';
  readonly quantity: number;
  readonly period: 'DAY' | 'MONTH';
}

/** Usage of a day (UTC) above so many times the median of the same weekday, and not below a minimum. */
export interface Spike extends Measured {
  readonly on: 'SPIKE';
  readonly factor: number;
  readonly minimum: number;
}

/** A limit, or any limit, of which so many percent are in use. */
export interface LimitReached {
  readonly on: 'LIMIT';
  /** Without it every limit that the organization has. */
  readonly limitName?: string;
  readonly at: number[];
}

/** What is about usage. */
export type UsageCondition = Threshold | Spike;
export type Condition = UsageCondition | LimitReached;

/** Whom mails go to. */
export interface Recipients {
  readonly roles?: string[];
  readonly memberIds?: string[];
  /** The addresses of the billing profile that have the purpose ALERTS. */
  readonly billingEmails?: boolean;
}

/** A condition that an organization watches, and the people who get a mail when it is met. */
export interface Alert {
  readonly id: string;
  readonly organizationId: string;
  readonly title: string;
  readonly condition: Condition;
  readonly recipients: Recipients;
  readonly isActive: boolean;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export interface AlertRow {
  org_id: string;
  id: string;
  title: string;
  condition: Condition;
  recipients: Recipients;
  is_active: boolean;
  created_by: string;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The row as the API shows it. */
export function toAlert(row: AlertRow): Alert {
  return {
    id: toId('alert', row.id),
    organizationId: toId('organization', row.org_id),
    title: row.title,
    condition: row.condition,
    recipients: row.recipients,
    isActive: row.is_active,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** What an alert found. */
export interface FiringFacts {
  readonly title: string;
  readonly on: Condition['on'];
  /** The meter, or the name of the limit. */
  readonly meter: string;
  readonly measure: Measure;
  /** Of the quantity, or the currency of the cost. */
  readonly unit: string;
  readonly projectId?: string;
  readonly quantity: number;
  /** What it has reached. */
  readonly limit: number;
  /** Of a limit, the level of the alert that is reached: absent of what fired before it was kept. */
  readonly percent?: number;
}

/** That an alert fired. */
export interface AlertFiring extends FiringFacts {
  readonly id: string;
  readonly organizationId: string;
  /** Absent of one that the kind of organization has. */
  readonly alertId?: string;
  readonly periodStart: string;
  readonly firedAt: string;
}

export interface FiringRow {
  org_id: string;
  id: string;
  alert: string;
  period: string;
  facts: FiringFacts;
  recipients: Recipients;
  fired_at: Date;
}

/** The row as the API shows it; `period` is read as text. */
export function toFiring(row: FiringRow): AlertFiring {
  return {
    id: toId('alertFiring', row.id),
    organizationId: toId('organization', row.org_id),
    ...(row.alert.startsWith('blueprint/') ? {} : { alertId: row.alert }),
    ...row.facts,
    periodStart: row.period,
    firedAt: row.fired_at.toISOString(),
  };
}

/** For a select by name. */
export const firingColumns = 'org_id, id, alert, period::text as period, facts, recipients, fired_at';
