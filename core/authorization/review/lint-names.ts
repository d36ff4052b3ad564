import type { Row } from '../policy/content.ts';
import { didYouMean, type Finding } from '../policy/findings.ts';
import { scopeName } from '../policy/scopes.ts';
import { subjectsOf } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';

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
  const declared = new Set(roles);
  const everything = actionsOfAll(vocabulary);
  // To look for what was meant costs far more than to see that it was not said.
  let hints = 50;
  const hint: Hint = (word, candidates) => (hints-- > 0 ? didYouMean(word, candidates) : '');
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
      report('subject-prefix', `${sub} does not belong into ${scopeName(content.scope)}: ${prefixesOf(kind, blueprint?.name)}`);
    } else if (kind !== 'organization' && !declared.has(sub)) {
      report('unknown-role', `${sub} is no role, state or scope that is declared${hint(sub, roles)}`);
    }

    const domains = kind === 'platform' ? ['platform', '*', 'org', 'project'] : ['*', 'org', 'project'];
    if (kind !== 'organization' && !domains.includes(dom)) {
      report('domain', `the domain ${dom} is not allowed in ${scopeName(content.scope)}; allowed are ${domains.join(', ')}`);
    }
    reportPair(row, vocabulary.resources, everything, hint, report);

    if (isState && eft !== 'deny') report('state-must-deny', `${sub} is a state: it can only take away`);
    if (isState && kind === 'blueprint' && !ownObjects.includes(obj)) {
      report('subject-prefix', `${scopeName(content.scope)} may deny only its own resource types and roles to ${sub}, not ${obj}`);
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

type Hint = (word: string, candidates: Iterable<string>) => string;

/** Each action of any resource type, with every level at which it can be asked of some. */
function actionsOfAll({ resources }: LintedContent['vocabulary']): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const { actions } of Object.values(resources)) {
    for (const [name, levels] of Object.entries(actions)) {
      const known = all.get(name) ?? new Set<string>();
      for (const level of levels) known.add(level);
      all.set(name, known);
    }
  }
  return all;
}

function reportPair(
  [, dom, obj, act]: Row,
  resources: LintedContent['vocabulary']['resources'],
  everything: ReadonlyMap<string, ReadonlySet<string>>,
  hint: Hint,
  report: (rule: string, message: string) => void,
): void {
  const level = dom === 'platform' || dom === 'org' || dom === 'project' ? dom : dom.includes('/') ? 'project' : undefined;
  if (obj === '*' && (act === 'assign' || act === 'unassign')) return;
  const own = Object.hasOwn(resources, obj) ? resources[obj]! : undefined;
  if (obj !== '*' && own === undefined) {
    const [rule, kind] = obj.startsWith('role:') ? ['unknown-role', 'role that can be given'] : ['unknown-resource', 'resource type'];
    report(rule, `${obj} is no ${kind}${hint(obj, Object.keys(resources))}`);
    return;
  }
  const actions =
    own === undefined ? everything : new Map(Object.entries(own.actions).map(([name, levels]) => [name, new Set<string>(levels)]));
  if (act !== '*' && !actions.has(act)) {
    const names = [...actions.keys()];
    report(
      'unknown-action',
      own === undefined
        ? `no resource type has the action ${act}`
        : `${obj} has no action ${act}${hint(act, names) || `; it has ${names.join(', ')}`}`,
    );
  } else if (level !== undefined && ![...(act === '*' ? actions.values() : [actions.get(act)!])].some((levels) => levels.has(level))) {
    report('unknown-action', `${obj}:${act} cannot be asked at ${level} level`);
  }
}
