import type { AccessChange, AccessChangeItem } from '../core/access-plans/change-report.ts';
import type { OfferedAccess } from '../core/access-plans/offered.ts';
import { counted } from '../core/base/counted.ts';
import { groupedBy } from '../core/base/grouped.ts';
import type { OrganizationPlan, PlannedManifest } from '../core/manifests/plan.ts';
import { table } from './output.ts';
import { cellOf } from './reports/markdown-cell.ts';

const outcomes: Readonly<Record<PlannedManifest['outcome'], string>> = {
  CREATES: 'is made',
  ADOPTS: 'takes over what exists',
  CHANGES: 'changes',
  NOTHING: 'changes nothing',
  LOOKS: 'only looks',
  REFUSED: 'is refused',
};

const headings = ['CHANGE', 'WHO', 'WHERE', 'BY', 'PERMISSIONS'];

/** A plan of manifests for people: what each of them does, and then who may do something else than before. */
export function tableOf(plans: readonly OrganizationPlan[]): string[] {
  return plans.flatMap((plan) => {
    const said = plan.manifests.flatMap((manifest) => [
      `${titleOf(manifest)} ${outcomes[manifest.outcome]}`,
      ...manifest.steps.map((step) => `  ${shown(plan, step)}`),
      ...manifest.problems.map(({ path, detail = '' }) => `  REFUSED ${path === undefined ? '' : `${path}: `}${shown(plan, detail)}`),
    ]);
    const rows = rowsOf(plan);
    const tail = linesOf(plan);
    return [...said, ...(rows.length === 0 ? [] : ['', ...table(headings, rows)]), ...tail, ''];
  });
}

/** The same for a pull request. */
export function markdownOf(plans: readonly OrganizationPlan[]): string[] {
  return [
    '## Plan of the manifests',
    '',
    ...plans.flatMap((plan) => {
      const said = plan.manifests.flatMap((manifest) => [
        `- **${cellOf(titleOf(manifest))}** ${outcomes[manifest.outcome]}`,
        ...manifest.steps.map((step) => `  - ${cellOf(shown(plan, step))}`),
        ...manifest.problems.map(
          ({ path, detail = '' }) => `  - **REFUSED** ${path === undefined ? '' : `${cellOf(path)}: `}${cellOf(shown(plan, detail))}`,
        ),
      ]);
      const rows = rowsOf(plan).map((cells) => `| ${cells.map(cellOf).join(' | ')} |`);
      const head = [`| ${headings.join(' | ').toLowerCase()} |`, '|---|---|---|---|---|'];
      const tail = linesOf(plan).map((line) => `- ${cellOf(line)}`);
      return [...said, '', ...(rows.length === 0 ? [] : [...head, ...rows, '']), ...(tail.length === 0 ? [] : [...tail, ''])];
    }),
  ];
}

function titleOf({ kind, namespace, name }: PlannedManifest): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** A text with the names of what it names by ids. */
function shown({ names }: OrganizationPlan, text: string): string {
  return text.replace(/\b(?:user|svc|key|prj|role)_(?:new\d+|[0-7][0-9a-hjkmnp-tv-z]{25})\b/g, (id) => names[id] ?? id);
}

/** A line for what one subject gains or loses in one place, sensitive gains first. */
function rowsOf(plan: OrganizationPlan): string[][] {
  const { access, organization } = plan;
  const alike = groupedBy(access?.items ?? [], ({ kind, subject, place, projectId, via }) =>
    JSON.stringify([kind, subject.id, place, projectId, via]),
  );
  const rows = [...alike.values()].map((items) => {
    const [{ kind, subject, via }] = items as [AccessChangeItem];
    const isSensitive = kind === 'GAIN' && items.some(({ sensitive }) => sensitive);
    const by = via.map(({ role }) => shown(plan, role)).join(' ');
    const cells = [
      isSensitive ? 'GAIN (sensitive)' : kind,
      shown(plan, subject.id),
      whereOf(plan, items[0]!, organization),
      by,
      permissionsOf(items),
    ];
    return { isSensitive, kind, cells };
  });
  const rank = ({ isSensitive, kind }: (typeof rows)[number]): number => (isSensitive ? 0 : kind === 'LOSS' ? 1 : 2);
  return rows.sort((a, b) => rank(a) - rank(b)).map(({ cells }) => cells);
}

function whereOf(
  plan: OrganizationPlan,
  { place, projectId, projects }: Pick<AccessChangeItem, 'place' | 'projectId' | 'projects'>,
  organization: string,
): string {
  if (place === 'ORGANIZATION') return organization;
  return place === 'PROJECT' ? `${organization}/${shown(plan, projectId!)}` : `${projects} other projects`;
}

/** Permissions that a line shows; the rest is a number. */
const mostShown = 8;

function permissionsOf(items: readonly { readonly permission: string; readonly sensitive?: true }[]): string {
  const sorted = [...items].sort((a, b) => Number(b.sensitive ?? false) - Number(a.sensitive ?? false));
  const names = sorted.slice(0, mostShown).map(({ permission, sensitive }) => (sensitive ? `${permission}(!)` : permission));
  return items.length > mostShown ? `${names.join(' ')} and ${items.length - mostShown} more` : names.join(' ');
}

function linesOf(plan: OrganizationPlan): string[] {
  const { access } = plan;
  if (!access) return [];
  return [
    ...access.offered.map((offer) => offerLine(plan, offer)),
    ...access.rails.map(({ id, status, detail }) => `${status} ${id}: ${detail}`),
    ...summaryOf(access),
  ];
}

function offerLine(plan: OrganizationPlan, { invitations, links, roles, items, more }: OfferedAccess): string {
  const offers = [
    ...(invitations === 0 ? [] : [counted(invitations, 'invitation')]),
    ...(links === 0 ? [] : [counted(links, 'link')]),
  ].join(' and ');
  const named = roles
    .map(({ role, projectId }) => `${shown(plan, role)}${projectId === undefined ? '' : ` in ${shown(plan, projectId)}`}`)
    .join(', ');
  return `${offers} ${invitations + links === 1 ? 'offers' : 'offer'} ${named}: ${counted(items.length + more, 'permission')} for each who accepts`;
}

function summaryOf({ summary, more }: AccessChange): string[] {
  const { subjects, gains, losses, partial } = summary;
  if (gains + losses === 0 && !partial) return [];
  const rest = more === 0 ? '' : `; ${more} of them are not listed`;
  const cut = partial ? '; the change reaches further than what was looked at' : '';
  const changes = `${counted(gains, 'gain')} and ${counted(losses, 'loss', 'losses')} of a permission in a place`;
  return [`${changes}, for ${counted(subjects, 'subject')}${rest}${cut}`];
}
