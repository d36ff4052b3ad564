import type { PolicyContent, Row, RowSource } from '../policy/content.ts';
import { levels } from '../policy/domain.ts';
import type { Finding } from '../policy/findings.ts';
import { roleObject } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';

interface Placed {
  readonly row: Row;
  readonly source: RowSource;
}

/** Rows against each other: what is written twice, can never be seen, or takes away what nobody has; and pairs that nobody is allowed. */
export function lintCoverage(linted: readonly LintedContent[]): Finding[] {
  const allowed = new Allowed(linted.flatMap(({ content }) => content.rows));
  const findings = linted.flatMap(({ content }) => {
    const own = content.rows.map((row, position) => ({ row, source: content.sources[position]! }));
    const first = new Map<string, Placed>();
    for (const one of own) if (!first.has(one.row.join(' '))) first.set(one.row.join(' '), one);
    return own.flatMap((one) => lintRow(one, first, allowed));
  });
  return [...findings, ...orphans(linted, allowed)];
}

/** Where some row allows something: the domains of each object and action, `*` being a word like others. */
class Allowed {
  readonly #byObject = new Map<string, Map<string, Set<string>>>();
  /** Denies often differ in their subjects alone. */
  readonly #answers = new Map<string, boolean>();

  constructor(rows: readonly Row[]) {
    for (const [, dom, obj, act, eft] of rows) {
      if (eft !== 'allow') continue;
      const actions = this.#byObject.get(obj) ?? new Map<string, Set<string>>();
      this.#byObject.set(obj, actions.set(act, (actions.get(act) ?? new Set()).add(dom)));
    }
  }

  /** Whether some allow is about this object and action. */
  names(obj: string, act: string): boolean {
    return [obj, '*'].some((object) => [act, '*'].some((action) => this.#byObject.get(object)?.has(action)));
  }

  /** Whether some allow is about a part of what this row is about. */
  meets([, dom, obj, act]: Row): boolean {
    const key = `${dom} ${obj} ${act}`;
    const answer = this.#answers.get(key) ?? this.#meets(dom, obj, act);
    this.#answers.set(key, answer);
    return answer;
  }

  #meets(dom: string, obj: string, act: string): boolean {
    const actionsOf = obj === '*' ? [...this.#byObject.values()] : [obj, '*'].flatMap((object) => this.#byObject.get(object) ?? []);
    return actionsOf.some((actions) => {
      const domains = act === '*' ? [...actions.values()] : [act, '*'].flatMap((action) => actions.get(action) ?? []);
      return domains.some((each) => [...each].some((domain) => domainsMeet(dom, domain)));
    });
  }
}

function lintRow({ row, source }: Placed, first: ReadonlyMap<string, Placed>, allowed: Allowed): Finding[] {
  const at = ({ source: other }: Placed) => `${other.file}:${other.line}`;
  const [sub, dom, obj, act, eft] = row;
  const twin = first.get(row.join(' '))!;
  if (twin.row !== row)
    return [{ rule: 'duplicate-rule', level: 'error', message: `${row.join(', ')} stands already at ${at(twin)}`, ...source }];
  if (eft === 'deny') {
    // Several roles are held together, so an allow of any of them is what a deny may be there for.
    if (allowed.meets(row)) return [];
    return [{ rule: 'redundant-deny', level: 'warning', message: 'this denies what nothing allows', ...source }];
  }
  // The row itself and what is wider by one or more *.
  const wider = [dom, '*'].flatMap((d) => [obj, '*'].flatMap((o) => [act, '*'].map((a) => `${sub} ${d} ${o} ${a}`)));
  const deny = wider.map((key) => first.get(`${key} deny`)).find((other) => other !== undefined);
  if (deny) return [{ rule: 'dead-allow', level: 'error', message: `the deny at ${at(deny)} always wins over this`, ...source }];
  const wide = wider.map((key) => first.get(`${key} allow`)).find((other) => other !== undefined && other !== twin);
  if (wide) return [{ rule: 'shadowed-allow', level: 'warning', message: `${at(wide)} allows this already`, ...source }];
  return [];
}

/** Whether some place lies in both: a concrete domain lies within a level and within its organization, and all lie in `*`. */
function domainsMeet(a: string, b: string): boolean {
  const level = (dom: string) => (dom.includes('/') ? 'project' : dom.startsWith('org_') ? 'org' : dom);
  const reaches = (wide: string, narrow: string) =>
    wide === '*' ||
    wide === narrow ||
    wide === level(narrow) ||
    narrow.startsWith(`${wide}/`) ||
    (wide.startsWith('org_') && narrow === 'project');
  return reaches(a, b) || reaches(b, a);
}

function orphans(linted: readonly LintedContent[], allowed: Allowed): Finding[] {
  const findings: Finding[] = [];
  const known = new Set<string>();
  for (const { content, engine } of linted) {
    for (const level of levels) {
      for (const { resource, action } of engine.permissions(level)) {
        const permission = `${resource}:${action}`;
        // What the platform names is granted by blueprints, and each of them need not grant all of it.
        if (known.has(permission) || content.scope.startsWith('org_')) continue;
        known.add(permission);
        if (isGranted(allowed, content, resource, action)) continue;
        const message = `${permission} is granted to nobody`;
        findings.push({ rule: 'orphan-permission', level: 'warning', message, ...placeOf(content, resource, action) });
      }
    }
  }
  return findings;
}

function isGranted(allowed: Allowed, { blueprint }: PolicyContent, resource: string, action: string): boolean {
  // A kind of organization need not have people who invite and assign nothing.
  const isInvite = action === 'invite' && blueprint?.roles.some(({ id }) => roleObject(id) === resource) === true;
  return isInvite || allowed.names(resource, action);
}

function placeOf({ blueprint }: PolicyContent, resource: string, action: string): Pick<Finding, 'file' | 'path'> {
  if (blueprint === undefined) return { file: 'permissions.yaml', path: ['resources', resource, 'actions', action] };
  const file = `blueprints/${blueprint.name}/blueprint.yaml`;
  const role = blueprint.roles.findIndex(({ id }) => roleObject(id) === resource);
  if (role >= 0) return { file, path: ['roles', role] };
  return { file, path: ['resourceTypes', blueprint.resourceTypes.findIndex(({ name }) => name === resource), 'actions', action] };
}
