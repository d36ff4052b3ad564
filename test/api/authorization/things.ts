import { linkPrefix } from '../../../core/access/invitation-links.ts';
import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import { type IdKind, newId, toId, toUuid } from '../../../core/base/ids.ts';
import { keySecretHash, newKeySecret } from '../../../core/base/key-secret.ts';
import { createKeyring, invitationToken, tokenHash } from '../../../core/base/keyring.ts';
import type { Db } from '../../../core/database/database.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import type { Persona } from './personas.ts';

/** An organization with a project in which personas may hold roles, and a sibling of it in which none does. */
export interface Site {
  readonly organizationId: string;
  readonly projectId: string;
  readonly siblingId: string;
  /** Where the blueprint has no owner, a member with the top role. */
  readonly ownerId: string;
  readonly memberIds: readonly string[];
}

/** What requests are about, besides people and their keys: made in a site, by its keeper unless another member is named. */
export interface Things {
  makeInvitation(site: Site, how?: { email?: string; projectId?: string; by?: string }): Promise<{ invitationId: string; token: string }>;
  /** A link of the keeper to the lowest role, or to one in the project. */
  makeLink(site: Site, projectId?: string): Promise<{ invitationLinkId: string; token: string }>;
  /** A pending offer of the organization, by its owner, or by its keeper where it has none; it takes the place of an earlier one. */
  makeTransfer(site: Site, recipientId: string): Promise<string>;
  /** A role that the organization has defined, without permissions, which nothing holds. */
  makeRole(site: Site, tier: string): Promise<string>;
  makeRoleTemplate(site: Site): Promise<string>;
  makeDecision(site: Site): Promise<string>;
  /** A plan that nobody has. */
  makePlan(): Promise<string>;
  /** A limit that an operator has set for an organization. */
  makeLimit(organizationId: string): Promise<string>;
  /** Switches off a resource that there is nowhere. */
  makeRestriction(site: Site): Promise<string>;
  makeAlert(site: Site): Promise<string>;
  /** An export that is ready, and empty. */
  makeExport(site: Site, kind: string): Promise<string>;
  /** The token of a link of the keeper to such an export. */
  makeExportLink(site: Site): Promise<string>;
  /** A webhook that is disabled, and a delivery that failed. */
  makeWebhook(site: Site): Promise<{ webhookId: string; deliveryId: string }>;
  /** A policy store with a revision that is not in force, and with an entity `record/1`. */
  makePolicyStore(site: Site, projectId: string): Promise<string>;
  /** Consent to a manifest, for the organization or for one of its projects. */
  makeHandOver(site: Site, projectId?: string): Promise<void>;
  /** A resource, in the organization itself unless a project is named. */
  makeResource(site: Site, type: string, projectId: string | undefined, data: object): Promise<string>;
  /** An application of the catalogue that has a price. */
  makeCatalogItem(): Promise<string>;
  /** Installs one in a project, if none is there. */
  makeInstance(site: Site, projectId: string): Promise<string>;
  /** Deletes a project so that it can be restored. */
  deleteProject(site: Site, projectId: string): Promise<void>;
}

interface Maker {
  readonly write: <T>(work: (db: Db) => Promise<T>) => Promise<T>;
  readonly keeper: Persona;
  readonly blueprint: Blueprint;
  readonly orgRole: string;
  readonly projectRole: string;
}

const application = {
  ...{ name: 'Notes', category: 'Productivity', description: 'Notes.', trial_days: 30 },
  prices: JSON.stringify([{ kind: 'MONTHLY', amount: 900, currency: 'EUR' }]),
  program: JSON.stringify({ command: '/bin/notes', port: 8080 }),
};

/** A new id, and how it is stored. */
export function fresh(kind: IdKind): { id: string; uuid: string } {
  const id = newId(kind);
  return { id, uuid: toUuid(kind, id) };
}

export function createThings({ write, keeper, blueprint, orgRole, projectRole }: Maker): Things {
  const keyring = createKeyring([{ kid: 'test', key: Buffer.alloc(32, 7) }]);
  return {
    async makeInvitation(site, { email = `${newId('user')}@example.com`, projectId, by = keeper.id } = {}) {
      const { id, uuid } = fresh('invitation');
      const token = invitationToken(keyring, { id, version: 1 })!;
      const org_id = toUuid('organization', site.organizationId);
      const project_id = projectId === undefined ? null : toUuid('project', projectId);
      await write(async (db) => {
        await db('invitations').insert({
          org_id,
          id: uuid,
          project_id,
          email,
          token_hash: tokenHash(token),
          expires_at: db.raw("now() + interval '1 day'"),
          invited_by: by,
        });
        await db('invitation_roles').insert({ org_id, invitation_id: uuid, project_id, role: project_id === null ? orgRole : projectRole });
      });
      return { invitationId: id, token };
    },

    async makeLink(site, projectId) {
      const { id, uuid } = fresh('invitationLink');
      const token = newKeySecret(linkPrefix);
      const org_id = toUuid('organization', site.organizationId);
      const project_id = projectId === undefined ? null : toUuid('project', projectId);
      await write(async (db) => {
        const expires_at = db.raw("now() + interval '1 day'");
        await db('invitation_links').insert({
          org_id,
          id: uuid,
          project_id,
          token_hash: tokenHash(token),
          expires_at,
          invited_by: keeper.id,
        });
        await db('invitation_link_roles').insert({ org_id, link_id: uuid, project_id, role: project_id === null ? orgRole : projectRole });
      });
      return { invitationLinkId: id, token };
    },

    async makePolicyStore(site, projectId) {
      const org_id = toUuid('organization', site.organizationId);
      const { id, uuid } = fresh('policyStore');
      await write(async (db) => {
        await db('policy_stores').insert({
          org_id,
          project_id: toUuid('project', projectId),
          id: uuid,
          name: id,
          entity_count: 1,
          entity_bytes: 2,
        });
        await db('policy_store_revisions').insert({
          ...{ org_id, store_id: uuid, revision: 1, ...storeFiles, sha256: '0'.repeat(64), author: keeper.id, reason: 'First.' },
        });
        await db('policy_store_entities').insert({ org_id, store_id: uuid, type: 'record', id: '1', properties: {}, bytes: 2 });
      });
      return id;
    },

    async makeHandOver(site, projectId) {
      const where = { org_id: toUuid('organization', site.organizationId) };
      const named = { cluster: 'directory:/srv/tenet', name: 'acme', handed_over_by: keeper.id };
      const project = projectId === undefined ? {} : { project_id: toUuid('project', projectId), namespace: 'team-a' };
      // There is one in each place at most.
      await write((db) =>
        db('hand_overs')
          .insert({ ...where, ...named, ...project, mode: 'OBSERVE' })
          .onConflict()
          .ignore(),
      );
    },

    async deleteProject(site, projectId) {
      const key = { org_id: toUuid('organization', site.organizationId), id: toUuid('project', projectId) };
      const deleted = { state: 'DELETED', slug: `deleted:${key.id}`, deleted_slug: `s-${key.id}` };
      await write((db) =>
        db('projects')
          .where(key)
          .update({ ...deleted, deleted_at: db.fn.now() }),
      );
    },

    async makeTransfer(site, recipientId) {
      const { id, uuid } = fresh('ownershipTransfer');
      const recipient = toUuid('user', recipientId);
      const owner = toUuid('user', site.ownerId);
      const org_id = toUuid('organization', site.organizationId);
      await write(async (db) => {
        await db('ownership_transfers').where({ org_id, state: 'OFFERED' }).update({ state: 'CANCELLED' });
        await db('ownership_transfers').insert({
          org_id,
          id: uuid,
          offered_by: owner === recipient ? keeper.uuid : owner,
          recipient_id: recipient,
          expires_at: db.raw("now() + interval '1 day'"),
        });
      });
      return id;
    },

    async makeRole(site, tier) {
      const { id, uuid } = fresh('role');
      await write((db) => db('roles').insert({ org_id: toUuid('organization', site.organizationId), id: uuid, title: id, tier }));
      return id;
    },

    async makeRoleTemplate(site) {
      const { id, uuid } = fresh('roleTemplate');
      const org_id = toUuid('organization', site.organizationId);
      await write(async (db) => {
        await db('role_templates').insert({ org_id, id: uuid, name: id });
        await db('role_template_roles').insert({ org_id, template_id: uuid, role: orgRole });
      });
      return id;
    },

    async makePlan() {
      const name = fresh('request').id.replace('_', '-');
      await write((db) => db('plans').insert({ name, title: 'Throwaway' }));
      return name;
    },

    async makeLimit(organizationId) {
      const row = { org_id: toUuid('organization', organizationId), name: 'projects', hard: 1_000_000, set_by: keeper.id };
      await write((db) => db('limit_overrides').insert(row));
      return row.name;
    },

    async makeRestriction(site) {
      const { id, uuid } = fresh('restriction');
      const row = { org_id: toUuid('organization', site.organizationId), id: uuid, resource_type: 'none', resource_id: id };
      await write((db) => db('restrictions').insert({ ...row, reason: 'test', created_by: keeper.id }));
      return id;
    },

    async makeAlert(site) {
      const { id, uuid } = fresh('alert');
      const condition = { on: 'THRESHOLD', meter: 'none', measure: 'QUANTITY', quantity: 1, period: 'DAY' };
      const row = { org_id: toUuid('organization', site.organizationId), id: uuid, title: 'Much', condition, created_by: keeper.id };
      await write((db) => db('alerts').insert(row));
      return id;
    },

    async makeExport(site, kind) {
      const { id, uuid } = fresh('export');
      const context = kind === 'ORGANIZATION' ? { included: [], leftOut: [], kinds: {} } : {};
      const row = { org_id: toUuid('organization', site.organizationId), id: uuid, kind, format: 'NDJSON', state: 'READY', context };
      await write((db) => db('exports').insert({ ...row, created_by: keeper.id, expires_at: db.raw("now() + interval '1 day'") }));
      return id;
    },

    async makeExportLink(site) {
      const export_id = toUuid('export', await this.makeExport(site, 'AUDIT_EVENTS'));
      const token = newKeySecret('tntd_');
      const row = { org_id: toUuid('organization', site.organizationId), id: fresh('exportLink').uuid, export_id, created_by: keeper.id };
      await write((db) =>
        db('export_links').insert({ ...row, token_hash: keySecretHash(token), expires_at: db.raw("now() + interval '5 minutes'") }),
      );
      return token;
    },

    async makeResource(site, type, projectId, data) {
      const { id, uuid } = fresh('resource');
      const org_id = toUuid('organization', site.organizationId);
      const project_id = projectId === undefined ? null : toUuid('project', projectId);
      await write((db) => db('resources').insert({ org_id, id: uuid, project_id, type, name: id, data, created_by: keeper.id }));
      return id;
    },

    async makeCatalogItem() {
      const { id, uuid } = fresh('catalogItem');
      await write((db) => db('catalog_items').insert({ id: uuid, ...application, created_by: keeper.id }));
      return id;
    },

    async makeInstance(site, projectId) {
      const item = fresh('catalogItem');
      const key = { org_id: toUuid('organization', site.organizationId), id: toUuid('project', projectId) };
      await write(async (db) => {
        await db('catalog_items').insert({ id: item.uuid, ...application, created_by: keeper.id });
        await db('instances')
          .insert({ ...key, item_id: item.uuid, created_by: keeper.id })
          .onConflict(['org_id', 'id'])
          .ignore();
      });
      return toId('instance', key.id);
    },

    async makeWebhook(site) {
      const [webhook, delivery] = [fresh('webhook'), fresh('event')];
      const org_id = toUuid('organization', site.organizationId);
      await write(async (db) => {
        await db('webhooks').insert({
          ...{ org_id, id: webhook.uuid, name: 'Billing', url: 'https://127.0.0.1/hook', state: 'DISABLED', disabled_reason: 'REQUESTED' },
          ...{ secret_sealed: 'nothing', position: 0, created_by: keeper.id },
        });
        await db('webhook_deliveries').insert({
          ...{ org_id, webhook_id: webhook.uuid, id: delivery.uuid, type: 'webhook.ping', state: 'FAILED', created_by: keeper.id },
        });
      });
      return { webhookId: webhook.id, deliveryId: delivery.id };
    },

    async makeDecision(site) {
      const { id, uuid } = fresh('decision');
      const revisions = await write(async (db) =>
        (
          await db('policy_heads')
            .whereIn('scope', ['platform', `blueprint/${blueprint.name}`])
            .orderBy('scope', 'desc')
        ).map(({ scope, revision }: { scope: string; revision: number }) => `${scope}@${revision}`),
      );
      const record = {
        subject: keeper.id,
        domain: site.organizationId,
        resource: 'member',
        action: 'list',
        allowed: false,
        reason: 'no-match',
        roles: ['member/self'],
        revisions,
      };
      await write((db) =>
        db('decisions').insert({
          org_id: toUuid('organization', site.organizationId),
          id: uuid,
          subject: keeper.id,
          record: JSON.stringify(record),
        }),
      );
      return id;
    },
  };
}
