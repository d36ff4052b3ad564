import { type Names, readNames, type Unnamed } from '../core/access/names.ts';
import { isId } from '../core/base/ids.ts';
import { printable } from '../core/base/text.ts';
import type { Db } from '../core/database/database.ts';
import type { NamedThings } from './formats.ts';
import { UsageError } from './options.ts';

/** Says how people call what a report has by ids; what has no name, or is not to be named, by its id. Every text is fit for a terminal. */
export interface Naming {
  /** A subject, or nothing: `Ada Lovelace <ada@example.com>`. */
  subject(id: string, organizationId?: string): string | undefined;
  /** `acme`, or `acme/website`. */
  place(organizationId: string, projectId?: string): string;
  /** Roles and scopes that are held together; a role that an organization has defined by its title, with the organization. */
  held(names: readonly string[], organizationId?: string): string;
  /** The text with names in the place of ids of organizations, projects and roles, and before those of subjects. */
  text(text: string, organizationId?: string): string;
}

const idPattern = /\b(?:org|prj|role|user|svc|key)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;

/** Whose names a report has: of this form, where `--names` asks for these. None where it is for programs. Throws UsageError where it can have no names. */
export function namedIn(form: string, names: NamedThings | undefined): NamedThings {
  if (form === 'table') return names ?? usualNames();
  if (form === 'markdown' || form === 'github') return names ?? 'places';
  if (names === undefined) return 'none';
  throw new UsageError('--names goes with a report for people: the table, markdown or github.');
}

/** Whose names a table has where that is not asked: at a terminal all; elsewhere, such as in the log of a pipeline, which more people read, all but people's. */
export function usualNames({ isTTY }: { readonly isTTY?: boolean } = process.stdout): NamedThings {
  return isTTY === true ? 'all' : 'places';
}

/** The ids in a text that may have a name. */
export function unnamedIn(text: string, organizationId?: string): Unnamed[] {
  return [...new Set(text.match(idPattern) ?? [])].map((id) => ({ id, organizationId }));
}

/** Where there are no names. */
export const unnamed: Naming = namingBy(() => undefined);

/** Reads the names of these, in one statement. */
export async function readNaming(db: Db, named: NamedThings, wanted: readonly Unnamed[]): Promise<Naming> {
  if (named === 'none') return unnamed;
  const names = await readNames(db, wanted);
  return namingBy((one) => {
    const name = names(one);
    return name?.isPersonal && named === 'places' ? undefined : name;
  });
}

function namingBy(names: Names): Naming {
  const subject = (id: string, organizationId?: string): string | undefined => {
    const { name, email } = names({ id, organizationId }) ?? {};
    if (name === undefined) return email === undefined ? undefined : printable(email);
    return printable(email === undefined ? plain(name) : `${plain(name)} <${email}>`);
  };
  const one = (id: string, organizationId?: string): string => {
    if (isId('organization', id) || isId('project', id)) return names({ id, organizationId })?.name ?? id;
    if (!isId('role', id)) return withId(subject(id, organizationId), id);
    const title = names({ id, organizationId })?.name;
    return title === undefined ? id : printable(JSON.stringify(title));
  };
  const place = (organizationId: string, projectId?: string): string =>
    [organizationId, ...(projectId === undefined ? [] : [projectId])].map((id) => one(id, organizationId)).join('/');
  const role = (name: string, organizationId?: string): string => {
    const title = isId('role', name) ? one(name, organizationId) : name;
    return title === name || organizationId === undefined ? title : `${title} of ${place(organizationId)}`;
  };
  return {
    subject,
    place,
    held: (roles, organizationId) => roles.map((name) => role(name, organizationId)).join(' + '),
    text: (text, organizationId) => printable(text.replace(idPattern, (id) => one(id, organizationId))),
  };
}

/** A name with the id behind it, or the id alone. */
export function withId(name: string | undefined, id: string): string {
  return name === undefined ? id : `${name} (${id})`;
}

/** In quotes where it could be taken for an address or for what stands around it, as mail programs do. */
function plain(name: string): string {
  return /[<>@"(),;:\\[\]]/.test(name) ? JSON.stringify(name) : name;
}
