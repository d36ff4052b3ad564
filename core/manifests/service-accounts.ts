import { createGrant, revokeGrant } from '../access/grants.ts';
import { createServiceAccount, deleteServiceAccount, updateServiceAccount } from '../access/service-accounts.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { livingGrant, presentGrant } from '../authorization/decisions/held-roles.ts';
import type { KnownRoles } from '../authorization/decisions/roles.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Labels, replacingLabels } from '../base/labels.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type Attempt, type ManifestRef, type Step, type StoredRef, storedRef } from './apply.ts';
import { entryProblems, hasSaidLabels, type SpecProblem, withinDay } from './entries.ts';

/** A service account as a manifest wants it. It says all roles that the account has where it is at home, and nothing of its keys. */
export interface DesiredServiceAccount {
  readonly name: string;
  readonly description?: string | undefined;
  readonly roles: readonly string[];
  /** Without them, the labels are the API's. */
  readonly labels?: Labels | undefined;
}

/** What became of an entry. */
export interface ServiceAccountStatus {
  readonly name: string;
  readonly id?: string;
  readonly state: 'Active' | 'Refused';
  readonly message?: string;
}

/** The organization, or the project in it, in which the accounts are at home. */
interface Home {
  readonly organizationId: string;
  readonly projectId?: string;
}

interface KnownAccount {
  readonly uuid: string;
  readonly name: string;
  readonly description: string | null;
  readonly managedBy: StoredRef | null;
  readonly labels: Labels;
  /** Whether the manifest says them. */
  readonly manifestLabels: boolean;
  /** Direct grants where it is at home; `isPlain`: without an end, and counting now. */
  readonly grants: readonly { readonly id: string; readonly role: string; readonly isPlain: boolean }[];
}

const accountsSql = `
select s.id as uuid, s.name, s.description, s.managed_by as "managedBy", s.labels, s.manifest_labels as "manifestLabels",
  coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'isPlain', g.until is null and ${livingGrant})) from grants g
    where g.org_id = s.org_id and g.service_account_id = s.id and g.project_id is not distinct from s.project_id and ${presentGrant}), '[]') as grants
from service_accounts s
where s.org_id = :org and s.project_id is not distinct from :project::uuid and s.state = 'ACTIVE'
  and (s.managed_by ->> 'uid' = :uid or (s.managed_by is null and s.name = any(:names))) order by s.id`;

/** The accounts that this manifest owns, and those of no manifest that have the name of an entry. */
async function readAccounts(db: Db, { organizationId, projectId }: Home, uid: string, names: readonly string[]): Promise<KnownAccount[]> {
  const project = projectId === undefined ? null : toUuid('project', projectId);
  return (await db.raw(accountsSql, { org: toUuid('organization', organizationId), project, uid, names: [...names] })).rows;
}

/** The name of an entry in refusals. No address of a member is like it. */
export const entryOf = (name: string): string => `spec.serviceAccounts[${name}]`;

/** What the list comes to. */
export interface PlannedServiceAccounts {
  readonly steps: readonly Step[];
  readonly statuses: readonly ServiceAccountStatus[];
  readonly problems: readonly SpecProblem[];
  /** Why entries are left as they are, those among them that the manifest does not list any more. */
  readonly refusals: readonly SpecProblem[];
}

/** Plans service accounts and their roles. An account of no manifest that alone has the name of an entry becomes the manifest's. */
export async function planServiceAccounts(
  db: Db,
  actor: Actor,
  input: { home: Home; roles: KnownRoles; ref: ManifestRef; wanted: readonly DesiredServiceAccount[] },
  attempt: Attempt,
): Promise<PlannedServiceAccounts> {
  const { home, roles: knownRoles, ref, wanted } = input;
  const entries = wanted.map(({ name, roles }) => ({ entry: entryOf(name), roles }));
  const { problems, refused: wrong } = entryProblems(knownRoles, entries, home, 'serviceAccounts');
  const names = wanted.map(({ name }) => name);
  const known = await readAccounts(db, home, ref.uid, names);
  const does = accountSteps(db, actor, home, ref);
  const steps: Step[] = [];
  const statuses: ServiceAccountStatus[] = [];
  const refusals: SpecProblem[] = [];
  for (const desired of wanted) {
    const entry = entryOf(desired.name);
    const { account, ambiguous } = findAccount(known, desired.name, ref);
    const why = wrong.get(entry) ?? attempt.refused.get(entry) ?? ambiguous;
    const id = account && { id: toId('serviceAccount', account.uuid) };
    statuses.push({
      name: desired.name,
      ...id,
      state: why === undefined ? 'Active' : 'Refused',
      ...(why !== undefined && { message: why }),
    });
    if (why === undefined) steps.push(...stepsOf(does, desired, account, ref).map((step) => ({ ...step, entries: [entry] })));
    else if (!wrong.has(entry)) refusals.push({ path: entry, detail: why });
  }
  for (const account of known.filter(({ name, managedBy }) => managedBy?.uid === ref.uid && !names.includes(name))) {
    const entry = entryOf(account.name);
    const why = attempt.refused.get(entry);
    if (why === undefined) steps.push({ ...does.remove(account), entries: [entry] });
    else refusals.push({ path: entry, detail: why });
  }
  return { steps, statuses, problems, refusals };
}

/** The account of an entry, if there is one. */
function findAccount(known: readonly KnownAccount[], name: string, ref: ManifestRef): { account?: KnownAccount; ambiguous?: string } {
  const named = known.filter((account) => account.name === name);
  const account = named.find(({ managedBy }) => managedBy?.uid === ref.uid) ?? named[0];
  if (!account) return {};
  if (account.managedBy !== null || named.length === 1) return { account };
  return {
    ambiguous: `There are ${named.length} service accounts of this name here. Rename all of them but one by the API, or choose another name.`,
  };
}

function stepsOf(
  does: ReturnType<typeof accountSteps>,
  desired: DesiredServiceAccount,
  account: KnownAccount | undefined,
  ref: ManifestRef,
): Step[] {
  if (!account) return [does.create(desired)];
  const { grants } = account;
  const lacking = desired.roles.filter((role) => !grants.some((grant) => grant.isPlain && grant.role === role));
  const steps = [
    ...(account.managedBy?.uid === ref.uid ? [] : [does.takeOver(account)]),
    ...(account.description === (desired.description ?? null) ? [] : [does.describe(account, desired.description ?? null)]),
    ...(hasSaidLabels(desired.labels, account) ? [] : [does.label(account, desired.labels)]),
    ...lacking.map((role) => does.give(account, role)),
  ];
  // A role that is given may replace another one; what is left over is seen in the next round.
  if (steps.length > 0) return steps;
  return grants.filter(({ role, isPlain }) => !isPlain || !desired.roles.includes(role)).map((grant) => does.take(account, grant));
}

/** The steps themselves: the same core functions as the API's, and the same questions to the policy. */
function accountSteps(db: Db, actor: Actor, home: Home, ref: ManifestRef) {
  const idOf = ({ uuid }: KnownAccount): string => toId('serviceAccount', uuid);
  return {
    create: ({ name, description }: DesiredServiceAccount): Step => ({
      does: `create the service account ${name}`,
      async run() {
        await actor.require('service-account', 'create', home);
        await withinDay(createServiceAccount(db, actor, { ...home, name, description, managedBy: storedRef(ref) }));
      },
    }),
    takeOver: (account: KnownAccount): Step => ({
      does: `manage the service account ${account.name}`,
      isNote: true,
      async run() {
        await actor.require('service-account', 'update', home);
        await db('service_accounts')
          .where({ org_id: toUuid('organization', home.organizationId), id: account.uuid })
          .update({ managed_by: JSON.stringify(storedRef(ref)), ...nextVersion(db) });
        await record(db, actor, {
          organizationId: home.organizationId,
          action: 'service-account.adopt',
          target: idOf(account),
          after: { managedBy: storedRef(ref) },
        });
      },
    }),
    describe: (account: KnownAccount, description: string | null): Step => ({
      does: `describe the service account ${account.name}`,
      async run() {
        await actor.require('service-account', 'update', home);
        await updateServiceAccount(db, actor, { ...home, serviceAccountId: idOf(account), description });
      },
    }),
    label: (account: KnownAccount, labels: Labels | undefined): Step => ({
      does:
        labels === undefined
          ? `leave the labels of the service account ${account.name} to the API`
          : `set the labels of the service account ${account.name}`,
      ...(labels === undefined && { isNote: true }),
      async run() {
        await actor.require('service-account', 'update', home);
        if (labels !== undefined) {
          const patch = replacingLabels(account.labels, labels);
          await updateServiceAccount(db, actor, { ...home, serviceAccountId: idOf(account), labels: patch });
        }
        const key = { org_id: toUuid('organization', home.organizationId), id: account.uuid };
        await db('service_accounts')
          .where(key)
          .update({ manifest_labels: labels !== undefined });
      },
    }),
    give: (account: KnownAccount, role: string): Step => ({
      does: `give the service account ${account.name} ${role}`,
      async run() {
        await actor.require('grant', 'create', home);
        const subject = { type: 'SERVICE_ACCOUNT' as const, id: idOf(account) };
        await createGrant(db, actor, { ...home, subject, role, endsLasting: () => true });
      },
    }),
    take: (account: KnownAccount, grant: { id: string; role: string }): Step => ({
      does: `take ${grant.role} from the service account ${account.name}`,
      async run() {
        await actor.require('grant', 'revoke', home);
        await revokeGrant(db, actor, { ...home, grantId: toId('grant', grant.id) });
      },
    }),
    remove: (account: KnownAccount): Step => ({
      does: `delete the service account ${account.name}`,
      async run() {
        await actor.require('service-account', 'delete', home);
        await deleteServiceAccount(db, actor, { ...home, serviceAccountId: idOf(account) });
      },
    }),
  };
}
