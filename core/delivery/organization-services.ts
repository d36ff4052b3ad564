import { type InvitationLinkRow, linkRows, toInvitationLink } from '../access/invitation-link-rows.ts';
import { listRoleTemplates } from '../access/role-templates.ts';
import { listSupportAccesses } from '../access/support-access-rows.ts';
import { listAlertFirings, listAlerts } from '../alerts/alerts.ts';
import { idleStopAfter } from '../apps/idle-stop.ts';
import { type NamedInstance, namedInstances, toInstance } from '../apps/instance-rows.ts';
import { toId } from '../base/ids.ts';
import { listLimits } from '../billing/limits.ts';
import { getSubscription } from '../billing/subscriptions.ts';
import type { Db } from '../database/database.ts';
import { getBillingProfile } from '../organizations/billing-profile.ts';
import { getMfaRequirement } from '../organizations/mfa-requirement.ts';
import { type StoreRow, toStore } from '../policy-stores/stores.ts';
import type { ExportPart, ExportRows, ExportSlice } from './export-kinds.ts';
import { behind, behindAll, inPlaces, inProjects, paged, placeOf, single } from './export-slices.ts';
import { listWebhooks } from './webhooks.ts';

/** What an organization has set up, pays for and has installed: parts of an archive of it. No secret is in them: those of webhooks and links are never shown again. */
export const servicesOf: Readonly<Record<string, ExportRows>> = {
  'invitation-links': {
    columns: [
      'id',
      'projectId',
      'roles',
      'projectRoles',
      'domains',
      'maxUses',
      'uses',
      'state',
      'expiresAt',
      'until',
      'invitedBy',
      'createdAt',
    ],
    rows: (db, about) => {
      const all = linkRows(db).where({ 'l.org_id': about.org });
      return behind(
        inPlaces(all, about, 'invitation', 'l.project_id'),
        'l.id',
        about,
        toInvitationLink as (row: InvitationLinkRow) => object,
      );
    },
  },
  'role-templates': {
    columns: ['id', 'name', 'description', 'roles', 'projectRoles', 'createdAt', 'updatedAt'],
    rows: (db, about) => paged(about, (query) => listRoleTemplates(db, query)),
  },
  'mfa-requirement': {
    columns: ['requirement', 'graceDays', 'since'],
    rows: async (db, about) => single(await getMfaRequirement(db, about.actor, placeOf(about))),
  },
  'support-accesses': {
    columns: [
      'id',
      'operatorId',
      'role',
      'reason',
      'minutes',
      'state',
      'offeredBy',
      'answeredBy',
      'until',
      'endedBy',
      'createdAt',
      'updatedAt',
    ],
    rows: (db, about) => paged(about, (query) => listSupportAccesses(db, about.actor, query)),
  },
  subscription: {
    columns: [
      'state',
      'plan',
      'billingPeriod',
      'trialEndsAt',
      'periodStartsAt',
      'periodEndsAt',
      'next',
      'exceeded',
      'createdAt',
      'updatedAt',
    ],
    rows: async (db, about) => single(await getSubscription(db, placeOf(about))),
  },
  limits: {
    columns: ['name', 'soft', 'hard', 'used', 'period', 'source', 'reason'],
    rows: (db, about) => paged(about, (query) => listLimits(db, query)),
  },
  'billing-profile': {
    columns: ['legalName', 'taxId', 'address', 'emails', 'updatedAt'],
    rows: async (db, about) => single(await getBillingProfile(db, about.actor, placeOf(about))),
  },
  alerts: {
    columns: ['id', 'title', 'condition', 'recipients', 'isActive', 'createdBy', 'createdAt', 'updatedAt'],
    rows: (db, about) => paged(about, (query) => listAlerts(db, query)),
  },
  'alert-firings': {
    columns: ['id', 'alertId', 'title', 'on', 'meter', 'measure', 'unit', 'projectId', 'quantity', 'limit', 'periodStart', 'firedAt'],
    rows: (db, about) => paged(about, (query) => listAlertFirings(db, query)),
  },
  webhooks: {
    columns: ['id', 'name', 'url', 'eventTypes', 'state', 'disabledReason', 'createdBy', 'createdAt', 'updatedAt'],
    rows: (db, about) => paged(about, (query) => listWebhooks(db, about.actor, query)),
  },
  instances: {
    columns: [
      'id',
      'projectId',
      'name',
      'itemId',
      'itemName',
      'state',
      'environment',
      'secrets',
      'priceKind',
      'trialEndsAt',
      'createdBy',
      'createdAt',
    ],
    rows: instanceRows,
  },
  'policy-stores': {
    columns: ['id', 'projectId', 'name', 'description', 'revision', 'signingKeys', 'entityCount', 'entityBytes', 'createdAt', 'updatedAt'],
    rows: (db, about) => behind(ofStores(db, about, 'policy_stores'), 'id', about, (row: StoreRow) => toStore(row)),
  },
  'policy-store-revisions': {
    columns: ['policyStoreId', 'revision', 'sha256', 'author', 'reason', 'gitCommit', 'createdAt', 'model', 'policy', 'tests'],
    rows: (db, about) => {
      const few = { ...about, limit: Math.min(about.limit, revisionsAtOnce) };
      return behindAll(ofStores(db, about, 'policy_store_revisions'), ['store_id', 'revision'], few, ofStore);
    },
  },
  'policy-store-entities': {
    columns: ['policyStoreId', 'type', 'id', 'properties', 'createdAt', 'updatedAt'],
    rows: (db, about) => behindAll(ofStores(db, about, 'policy_store_entities'), ['store_id', 'type', 'id'], about, ofStore),
  },
};

/** A revision has up to 512 KiB (docs/limits.md). */
const revisionsAtOnce = 10;

/** Rows of policy stores, all of which are in projects. */
function ofStores(db: Db, about: ExportPart, table: string) {
  return inProjects(db(table).where({ org_id: about.org }), about, 'policy-store');
}

type StoreContentRow = { readonly store_id: string; readonly created_at: Date; readonly updated_at?: Date } & Readonly<
  Record<string, unknown>
>;

/** A revision or an entity, by the names of the API, with the store that it is of. */
function ofStore({
  org_id: _org,
  store_id,
  git_commit,
  created_at,
  updated_at,
  bytes: _bytes,
  value_count: _count,
  ...more
}: StoreContentRow) {
  return {
    policyStoreId: toId('policyStore', store_id),
    ...more,
    ...(typeof git_commit === 'string' && { gitCommit: git_commit }),
    createdAt: created_at.toISOString(),
    ...(updated_at && { updatedAt: updated_at.toISOString() }),
  };
}

async function instanceRows(db: Db, about: ExportPart): Promise<ExportSlice> {
  const { blueprint } = await about.actor.engine(placeOf(about));
  const all = inProjects(namedInstances(db).where({ 'i.org_id': about.org }), about, 'instance');
  const { rows, ...slice } = await behind(all, 'i.id', about, (row: NamedInstance) => row);
  const shown: object[] = [];
  for (const row of rows as NamedInstance[]) {
    const place = { ...placeOf(about), projectId: toId('project', row.id) };
    shown.push(toInstance(row, await idleStopAfter(db, blueprint!, place)));
  }
  return { ...slice, rows: shown };
}
