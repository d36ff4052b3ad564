import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { canonical } from '../base/canonical.ts';
import { foldEmail } from '../base/email-address.ts';
import { InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOfContent } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { findOrganization, type OrganizationRow } from './organizations.ts';

/** Where an organization is. */
export interface PostalAddress {
  readonly lines?: string[];
  readonly postalCode?: string;
  readonly city?: string;
  readonly region?: string;
  readonly country: string;
}

/** What goes to an address. */
export type BillingEmailPurpose = 'INVOICES' | 'ALERTS';

export interface BillingEmail {
  readonly purpose: BillingEmailPurpose;
  readonly email: string;
}

/** What invoices and alerts of an organization need. */
export interface BillingProfile {
  readonly organizationId: string;
  readonly legalName?: string;
  readonly taxId?: string;
  readonly address?: PostalAddress;
  readonly emails: BillingEmail[];
  readonly updatedAt?: string;
  readonly etag: string;
}

interface BillingRow {
  legal_name: string | null;
  tax_id: string | null;
  address: PostalAddress | null;
  emails: BillingEmail[];
  updated_at?: Date;
}

type Patch<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

const empty: BillingRow = { legal_name: null, tax_id: null, address: null, emails: [] };

/** The addresses that are fields of the organization itself, where its kind has them. */
function emailsOfOrganization({ profile = {} }: Blueprint, row: OrganizationRow): BillingEmail[] {
  const invoices = profile.invoicingEmail ? row.invoicing_email : null;
  const alerts = profile.alertingEmail ? row.alerting_email : null;
  return [
    ...(invoices === null ? [] : [{ purpose: 'INVOICES' as const, email: invoices }]),
    ...(alerts === null ? [] : [{ purpose: 'ALERTS' as const, email: alerts }]),
  ];
}

/** Each address once for each purpose, however its letters are written. */
function distinct(emails: readonly BillingEmail[]): BillingEmail[] {
  const first = new Map<string, BillingEmail>();
  for (const { purpose, email } of emails) {
    const key = `${purpose} ${foldEmail(email)}`;
    if (!first.has(key)) first.set(key, { purpose, email });
  }
  return [...first.values()];
}

function toBillingProfile(organizationId: string, blueprint: Blueprint, organization: OrganizationRow, row: BillingRow): BillingProfile {
  const legalName = blueprint.profile?.legalName ? organization.legal_name : row.legal_name;
  const shown = {
    organizationId,
    ...(legalName !== null && { legalName }),
    ...(row.tax_id !== null && { taxId: row.tax_id }),
    ...(row.address !== null && { address: row.address }),
    emails: distinct([...emailsOfOrganization(blueprint, organization), ...row.emails]),
    ...(row.updated_at && { updatedAt: row.updated_at.toISOString() }),
  };
  // Fields of the organization are part of the answer, so their change is another version too.
  return { ...shown, etag: etagOfContent(shown) };
}

async function find(db: Db, actor: Actor, organizationId: string, options: { lock?: boolean } = {}) {
  const org_id = toUuid('organization', organizationId);
  const organization = await findOrganization(db, org_id, options);
  const found: BillingRow | undefined = await db('billing_profiles')
    .where({ org_id })
    .first('legal_name', 'tax_id', 'address', 'emails', 'updated_at');
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  const row = found ?? empty;
  return { org_id, organization, blueprint, row, profile: toBillingProfile(organizationId, blueprint, organization, row) };
}

/** The billing profile of an organization; before anything was said, it has no more than the fields of the organization. */
export async function getBillingProfile(db: Db, actor: Actor, { organizationId }: { organizationId: string }): Promise<BillingProfile> {
  return (await find(db, actor, organizationId)).profile;
}

/** Changes what is given. Throws InvalidInput for an address without a country and for a name that is changed with the organization. */
export async function updateBillingProfile(
  db: Db,
  actor: Actor,
  input: {
    organizationId: string;
    legalName?: string | null | undefined;
    taxId?: string | null | undefined;
    address?: Patch<PostalAddress> | undefined;
    emails?: readonly BillingEmail[] | undefined;
    preconditions?: Preconditions | undefined;
  },
): Promise<BillingProfile> {
  const { organizationId } = input;
  const { org_id, organization, blueprint, row, profile: before } = await find(db, actor, organizationId, { lock: true });
  checkPreconditions(input.preconditions ?? {}, before.etag);
  if (input.legalName !== undefined && input.legalName !== (before.legalName ?? null)) refuseForeignName(blueprint);
  const after: BillingRow = {
    legal_name: blueprint.profile?.legalName || input.legalName === undefined ? row.legal_name : input.legalName,
    tax_id: input.taxId === undefined ? row.tax_id : input.taxId,
    address: nextAddress(row.address, input.address),
    emails: input.emails === undefined ? row.emails : ownEmails(input.emails, emailsOfOrganization(blueprint, organization)),
  };
  const said = (one: BillingRow) => canonical([one.legal_name, one.tax_id, one.address, one.emails]);
  if (said(after) === said(row)) return before;
  const columns = { ...after, address: after.address && JSON.stringify(after.address), emails: JSON.stringify(after.emails) };
  const [stored] = await db('billing_profiles')
    .insert({ org_id, ...columns })
    .onConflict('org_id')
    .merge({ ...columns, updated_at: db.fn.now() })
    .returning('updated_at');
  const profile = toBillingProfile(organizationId, blueprint, organization, { ...after, updated_at: stored.updated_at });
  await record(db, actor, { organizationId, action: 'billing-profile.update', target: organizationId, before, after: profile });
  return profile;
}

function refuseForeignName({ profile }: Blueprint): void {
  if (!profile?.legalName) return;
  const detail = 'is a field of the organization in this kind: change it with updateOrganization';
  throw new InvalidInput('The name in law is changed with the organization.', [{ pointer: '#/legalName', detail }]);
}

function nextAddress(before: PostalAddress | null, patch: Patch<PostalAddress> | undefined): PostalAddress | null {
  if (patch === undefined) return before;
  if (patch.country === null) return null;
  const merged = Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null && value !== undefined);
  const address = Object.fromEntries(merged) as Partial<PostalAddress>;
  if (address.country === undefined) {
    throw new InvalidInput('The address has no country.', [{ pointer: '#/address/country', detail: 'is required in an address' }]);
  }
  return address as PostalAddress;
}

/** What is kept beside the fields of the organization, of a list that may repeat them. */
function ownEmails(emails: readonly BillingEmail[], foreign: readonly BillingEmail[]): BillingEmail[] {
  return distinct([...foreign, ...emails]).slice(distinct(foreign).length);
}

/** The addresses of an organization for one purpose. */
export async function billingEmails(db: Db, blueprint: Blueprint, org_id: string, purpose: BillingEmailPurpose): Promise<string[]> {
  const organization = await findOrganization(db, org_id);
  const row = (await db('billing_profiles').where({ org_id }).first('emails')) as Pick<BillingRow, 'emails'> | undefined;
  const all = distinct([...emailsOfOrganization(blueprint, organization), ...(row?.emails ?? [])]);
  return all.filter((one) => one.purpose === purpose).map(({ email }) => email);
}
