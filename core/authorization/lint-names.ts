import { didYouMean, type Finding } from './findings.ts';
import type { LintedContent } from './lint.ts';
import type { Row } from './policy.ts';
import { subjectsOf } from './vocabulary.ts';

/**
 * Each row for itself: subject, domain, object and action exist and may be used in this file; effect and wildcards fit the subject.
 * Subjects and domains of an organization's own rows are already refused where an engine is built.
 */
export function lintNames({ content, vocabulary, blueprint }: LintedContent, platformResources: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = [];
  const kind = content.scope === 'platform' ? 'platform' : content.blueprint === undefined ? 'organization' : 'blueprint';
  for (const [index, { name }] of (content.blueprint?.resourceTypes ?? []).entries()) {
    if (!platformResources.has(name)) continue;
    const message = `${name} is a resource type of the platform already`;
    const path = ['resourceTypes', index, 'name'];
    findings.push({ rule: 'resource-type', level: 'error', message, file: `blueprints/${content.blueprint?.name}/blueprint.yaml`, path });
  }
  const roles = subjectsOf(vocabulary, blueprint);
  const ownObjects = [
    ...(blueprint?.resourceTypes.map(({ name }) => name) ?? []),
    ...(blueprint?.roles.map(({ id }) => `role:${id}`) ?? []),
  ];

  for (const [position, row] of content.rows.entries()) {
    const report = (rule: string, message: string, level: Finding['level'] = 'error') =>
      findings.push({ rule, level, message, ...content.sources[position] });
    const [sub, dom, obj, act, eft] = row;
    const isState = sub.startsWith('state/');

    if (kind !== 'organization' && !mayName(kind, sub, blueprint?.name)) {
      report('subject-prefix', `${sub} does not belong into ${content.scope}: ${prefixesOf(kind, blueprint?.name)}`);
    } else if (kind !== 'organization' && !roles.includes(sub)) {
      report('unknown-role', `${sub} is no role, state or scope that is declared${didYouMean(sub, roles)}`);
    }

    const domains = kind === 'platform' ? ['platform', '*', 'org', 'project'] : ['*', 'org', 'project'];
    if (kind !== 'organization' && !domains.includes(dom)) {
      report('domain', `the domain ${dom} is not allowed in ${content.scope}; allowed are ${domains.join(', ')}`);
    }
    reportPair(row, vocabulary.resources, report);

    if (isState && eft !== 'deny') report('state-must-deny', `${sub} is a state: it can only take away`);
    if (isState && kind === 'blueprint' && !ownObjects.includes(obj)) {
      report('subject-prefix', `${content.scope} may deny only its own resource types and roles to ${sub}, not ${obj}`);
    }
    // assign and unassign exist for role objects alone, so an object * with them grants nothing else.
    const wide = act === '*' || (obj === '*' && act !== 'assign' && act !== 'unassign');
    if (eft === 'allow' && wide) report('wildcard-grant', `${sub} is allowed what does not exist yet: name the actions`, 'warning');
  }
  return findings;
}

function mayName(kind: 'platform' | 'blueprint', sub: string, blueprint: string | undefined): boolean {
  const prefix = sub.slice(0, sub.indexOf('/') + 1);
  if (kind === 'platform') return ['platform/', 'member/', 'state/'].includes(prefix);
  return ['state/', 'scope/', `${blueprint}/`].includes(prefix);
}

function prefixesOf(kind: 'platform' | 'blueprint', blueprint: string | undefined): string {
  return kind === 'platform' ? 'platform/, member/ and state/ are accepted' : `${blueprint}/, scope/ and state/ are accepted`;
}

function reportPair(
  [, dom, obj, act]: Row,
  resources: LintedContent['vocabulary']['resources'],
  report: (rule: string, message: string) => void,
): void {
  const level = dom === 'platform' || dom === 'org' || dom === 'project' ? dom : dom.includes('/') ? 'project' : undefined;
  if (obj === '*' && (act === 'assign' || act === 'unassign')) return;
  const types = obj === '*' ? Object.values(resources) : Object.hasOwn(resources, obj) ? [resources[obj]!] : [];
  if (types.length === 0) {
    const rule = obj.startsWith('role:') ? 'unknown-role' : 'unknown-resource';
    report(rule, `${obj} is no resource type${didYouMean(obj, Object.keys(resources))}`);
    return;
  }
  const actions = types.flatMap((type) => Object.entries(type.actions));
  if (act !== '*' && !actions.some(([name]) => name === act)) {
    const names = [...new Set(actions.map(([name]) => name))];
    const hint = didYouMean(act, names) || `; it has ${names.join(', ')}`;
    report('unknown-action', obj === '*' ? `no resource type has the action ${act}` : `${obj} has no action ${act}${hint}`);
  } else if (level !== undefined && !actions.some(([name, levels]) => (act === '*' || name === act) && levels.includes(level))) {
    report('unknown-action', `${obj}:${act} cannot be asked at ${level} level`);
  }
}
