import { flatten, parseMatcher } from '../authorization/engine/matcher.ts';
import { matcherOf } from '../authorization/engine/model-check.ts';
import type { PolicyContent, Row } from '../authorization/policy/content.ts';
import { isConcreteDomain } from '../authorization/policy/domain.ts';
import { indexPermissions, type Permission, vocabularyOf } from '../authorization/policy/vocabulary.ts';

/** Which words a model accepts as the domain of a row. */
interface Accepted {
  readonly any: boolean;
  readonly level: boolean;
  readonly org: boolean;
  readonly dom: boolean;
}

/**
 * The rows of these contents that speak about an organization and its projects, each once. Tenet refuses what the vocabulary does not know before it
 * asks Casbin, so a row that allows is narrowed to what it knows: without wildcards for object and action, and at the levels of the action.
 */
export function* bundleRows(contents: readonly PolicyContent[], organizationId: string): Iterable<Row> {
  const [platform, blueprint] = contents;
  const { all } = indexPermissions(vocabularyOf(platform!.vocabulary!, blueprint?.blueprint));
  const accepted = acceptedBy(platform!.model);
  const seen = new Set<string>();
  for (const row of contents.flatMap(({ rows }) => rows)) {
    if (!isOfSubjects(row)) continue;
    for (const one of written(row, { all, accepted, organizationId })) {
      const key = one.join(' ');
      if (!seen.has(key)) yield one;
      seen.add(key);
    }
  }
}

function acceptedBy(model: string): Accepted {
  const conjuncts = flatten(parseMatcher(matcherOf(model)), 'and');
  const names = conjuncts
    .flatMap((node) => flatten(node, 'or'))
    .flatMap((node) =>
      node.kind === 'equal'
        ? [node.operands.map((one) => (one.kind === 'field' ? one.name : one.kind === 'text' ? one.value : '')).sort()]
        : [],
    );
  const has = (name: string): boolean => names.some((pair) => pair.includes('p.dom') && pair.includes(name));
  return { any: has('*'), level: has('r.level'), org: has('r.org'), dom: has('r.dom') };
}

/** The roles of operators and of Tenet itself, and the scopes of keys, are no roles in an organization. */
const isOfSubjects = ([subject]: Row): boolean => !subject.startsWith('platform/') && !subject.startsWith('scope/');

function* written(
  row: Row,
  { all, accepted, organizationId }: { all: readonly Permission[]; accepted: Accepted; organizationId: string },
): Iterable<Row> {
  const [subject, , resource, action, effect] = row;
  const domain = domainIn(row, accepted, organizationId);
  if (domain === undefined) return;
  if (effect === 'deny') {
    yield [subject, domain, resource, action, effect];
    return;
  }
  for (const permission of all) {
    if (resource !== '*' && resource !== permission.resource) continue;
    if (action !== '*' && action !== permission.action) continue;
    const narrowed = narrowedTo(domain, permission);
    if (narrowed !== undefined) yield [subject, narrowed, permission.resource, permission.action, effect];
  }
}

/** The domain of a row as the bundle has it: what names the organization counts everywhere in it. */
function domainIn([, domain]: Row, { any, level, org, dom }: Accepted, organizationId: string): string | undefined {
  if (domain === '*') return any ? '*' : undefined;
  if (domain === 'org' || domain === 'project') return level ? domain : undefined;
  if (!isConcreteDomain(domain)) return undefined;
  if (domain.startsWith(`${organizationId}/`)) return dom ? domain : undefined;
  if (domain !== organizationId) return undefined;
  if (org) return '*';
  return dom ? domain : undefined;
}

function narrowedTo(domain: string, { levels }: Permission): string | undefined {
  const [isInOrganization, isInProjects] = [levels.includes('org'), levels.includes('project')];
  if (domain === '*') return isInOrganization ? (isInProjects ? '*' : 'org') : isInProjects ? 'project' : undefined;
  const isAboutProjects = domain === 'project' || domain.includes('/');
  return (isAboutProjects ? isInProjects : isInOrganization) ? domain : undefined;
}
