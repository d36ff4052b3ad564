import type { Row } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { splitRevision } from '../authorization/store/live-policies.ts';
import { loadContent } from '../authorization/store/revisions.ts';
import type { Db } from '../database/database.ts';
import { bounded, type OrganizationHoldings, readHoldings } from './bundle-holdings.ts';
import { bundleRows } from './bundle-rows.ts';

/** A policy that stock Casbin loads: what is in force for one organization, and who holds what in it. */
export interface PolicyBundle {
  readonly organizationId: string;
  readonly takenAt: string;
  /** When time alone changes what the bundle says; absent where it does not. */
  readonly until?: string;
  readonly revisions: readonly { readonly scope: string; readonly revision: number }[];
  /** What is in the bundle: people and service accounts, projects, rows of all kinds. */
  readonly subjects: number;
  readonly projects: number;
  readonly rows: number;
  /** What Tenet decides by and the bundle does not hold. */
  readonly leftOut: readonly string[];
  /** The text of model.conf. */
  readonly model: string;
  /** The text of policy.csv. */
  readonly policy: string;
}

/** Rows of one kind in a bundle: what is allowed, who holds what, which projects there are. */
export const maxBundleRows = 50_000;

/** What a bundle cannot say, in the words of its first lines and of the docs. */
export const leftOut = [
  'API keys: a key may do what its owner and its scopes both allow, and a bundle knows no keys.',
  'Time: grants that begin or end, and the time for a second factor. `until` is the first moment at which one of them changes the answer.',
  'Sign-ins: a person counts as having a second factor if they ever showed one here; in Tenet the sign-in of a token decides.',
  'The platform: operators ask there, and not in an organization. Who is in a bundle holds nothing outside of it.',
  'Changes: whatever is given, revoked, suspended or activated after `takenAt`.',
];

/** Reads what is in force and who holds what, and writes it for stock Casbin. Throws NotFound, and LimitExceeded for an organization that is too large. */
export async function exportPolicy(db: Db, organizationId: string, { most = maxBundleRows } = {}): Promise<PolicyBundle> {
  const held = await readHoldings(db, organizationId, { most });
  const contents = await Promise.all(held.revisions.map(splitRevision).map(({ scope, revision }) => loadContent(db, scope, revision)));
  const rows = bounded(bundleRows(contents, organizationId), most, 'rows of policy');
  const subjects = [...new Set(held.holdings.map(({ subject }) => subject))];
  const lines = [...policyLines(rows), ...holdingLines(held, subjects), ...placeLines(held)];
  return {
    organizationId,
    takenAt: held.takenAt.toISOString(),
    ...(held.until && { until: held.until.toISOString() }),
    revisions: held.revisions.map(revisionOf),
    subjects: subjects.length,
    projects: held.projectIds.length,
    rows: lines.filter((line) => line !== '' && !line.startsWith('#')).length,
    leftOut,
    model: modelOf(organizationId),
    policy: `${[...headOf(held), ...lines].join('\n')}\n`,
  };
}

function revisionOf(head: string): { scope: string; revision: number } {
  const { scope, revision } = splitRevision(head);
  return { scope: scopeName(scope), revision };
}

/**
 * A request names who asks, where, and about what; the level of the place and its organization follow from the rows of g2, so no caller can pair
 * them wrongly. Casbin holds that every name has itself as a role, so only what is listed as a subject or as a place can ask or be asked about.
 */
const modelOf = (
  organizationId: string,
): string => `# What Tenet decides in ${organizationId}, for any Casbin. policy.csv says what it holds and what it leaves out.

[request_definition]
r = sub, dom, obj, act

[policy_definition]
p = sub, dom, obj, act, eft

[role_definition]
g = _, _, _
g2 = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.obj != "*" && r.act != "*" && (p.obj == "*" || r.obj == p.obj) && (p.act == "*" || r.act == p.act) && g2(r.dom, p.dom) && g2(r.dom, "place") && g(r.sub, "subject", "${organizationId}") && (g(r.sub, p.sub, r.dom) || g(r.sub, p.sub, "${organizationId}"))
`;

function headOf({ organizationId, takenAt, until, revisions }: OrganizationHoldings): string[] {
  const inForce = revisions.map(revisionOf).map(({ scope, revision }) => `${scope}@${revision}`);
  return [
    `# What Tenet decides in ${organizationId}, as of ${takenAt.toISOString()}, by ${inForce.join(', ')}.`,
    `# Ask with a user or a service account, ${organizationId} or one of its projects, a resource type and an action.`,
    ...(until ? [`# Time changes an answer from ${until.toISOString()} on.`] : []),
    '# Not in here:',
    ...leftOut.map((what) => `# - ${what}`),
  ];
}

const policyLines = (rows: readonly Row[]): string[] => [
  '',
  '# What a role or a state may do, or may not: p, role, place, resource type, action, effect',
  ...rows.map((row) => `p, ${row.join(', ')}`),
];

const holdingLines = ({ organizationId, holdings }: OrganizationHoldings, subjects: readonly string[]): string[] => [
  '',
  '# Who may ask, and who holds which role or state: in the organization and so in each of its projects, or in one project',
  ...subjects.map((subject) => `g, ${subject}, subject, ${organizationId}`),
  ...holdings.map(
    ({ subject, role, projectId }) =>
      `g, ${subject}, ${role}, ${projectId === undefined ? organizationId : `${organizationId}/${projectId}`}`,
  ),
];

const placeLines = ({ organizationId, projectIds }: OrganizationHoldings): string[] => [
  '',
  '# Where can be asked, and which places of rows are meant by it',
  ...placesOf(organizationId, 'org'),
  ...projectIds.flatMap((projectId) => placesOf(`${organizationId}/${projectId}`, 'project')),
];

const placesOf = (place: string, level: string): string[] => ['place', level, '*'].map((name) => `g2, ${place}, ${name}`);
