import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';

/** The fields of an organization that its kind has or has not, each with its column. */
const columns = {
  legalName: 'legal_name',
  description: 'description',
  logoUrl: 'logo_url',
  alertingEmail: 'alerting_email',
  invoicingEmail: 'invoicing_email',
} as const;

type Field = keyof typeof columns;
const fields = Object.keys(columns) as Field[];

/** What an organization says about itself beside its name; what is not set is not there. */
export type Profile = { readonly [field in Field]?: string };
/** What is to be set; null takes it away, and what is absent stays. */
export type ProfileInput = { readonly [field in Field]?: string | null | undefined };
export type ProfileRow = { [field in Field as (typeof columns)[field]]: string | null };

/** For a select by name. */
export const profileColumns = Object.values(columns).join(', ');

/** The profile as the API shows it. */
export function profileOf(row: ProfileRow): Profile {
  return Object.fromEntries(fields.flatMap((field) => (row[columns[field]] === null ? [] : [[field, row[columns[field]]]])));
}

/** The columns of what is given. */
export function profileRow(input: ProfileInput): Partial<ProfileRow> {
  return Object.fromEntries(fields.flatMap((field) => (input[field] === undefined ? [] : [[columns[field], input[field]]])));
}

/** Throws InvalidInput, with each field, for what this kind of organization demands and the input lacks, and for what it does not have. */
export function checkNewProfile({ profile = {} }: Blueprint, input: ProfileInput): void {
  refuse(
    fields.flatMap((field) => {
      const given = (input[field] ?? null) !== null;
      const rule = profile[field];
      if (rule === undefined) return given ? [foreign(field, profile)] : [];
      return rule.required && !given ? [{ pointer: `#/${field}`, detail: 'is required in an organization of this kind' }] : [];
    }),
  );
}

/** Throws InvalidInput, with each field, for what this kind of organization does not have, demands, or keeps as it is; the name among them. */
export function checkProfileChange(
  { profile = {} }: Blueprint,
  before: { readonly name: string } & ProfileRow,
  input: { readonly name?: string | undefined } & ProfileInput,
): void {
  const renames = input.name !== undefined && input.name !== before.name;
  const errors = fields.flatMap((field) => {
    const [wanted, present, rule] = [input[field], before[columns[field]], profile[field]];
    if (wanted === undefined || wanted === present) return [];
    if (rule === undefined) return wanted === null ? [] : [foreign(field, profile)];
    if (!rule.mutable && present !== null) return [fixed(field)];
    return rule.required && wanted === null ? [{ pointer: `#/${field}`, detail: 'is required in an organization of this kind' }] : [];
  });
  refuse(renames && profile.name?.mutable === false ? [fixed('name'), ...errors] : errors);
}

function foreign(field: Field, profile: NonNullable<Blueprint['profile']>): InputError {
  const own = fields.filter((each) => profile[each] !== undefined);
  const which = own.length === 0 ? 'which has none but the name' : `which has ${own.join(', ')}`;
  return { pointer: `#/${field}`, detail: `is no field of this kind of organization, ${which}` };
}

function fixed(field: string): InputError {
  return { pointer: `#/${field}`, detail: 'cannot change in an organization of this kind once it is set' };
}

function refuse(errors: readonly InputError[]): void {
  if (errors.length > 0) throw new InvalidInput('The profile does not fit this kind of organization.', errors);
}
