import { blueprintFile, projectRoles } from '../policy/blueprint.ts';
import type { Row } from '../policy/content.ts';
import { customRolesOf, type OfferedPermission, offeredPermissions } from '../policy/custom-roles.ts';
import { didYouMean, type Finding } from '../policy/findings.ts';
import { type RuleId, rules } from '../policy/rules.ts';
import { scopeName } from '../policy/scopes.ts';
import { settingObject } from '../policy/settings.ts';
import { controllerRole, splitPermission, subjectsOf } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';
import { lintFlags } from './lint-flags.ts';
import { lintSeparation } from './lint-separation.ts';

type Kind = 'platform' | 'blueprint' | 'organization';
type Report = (rule: RuleId, message: string) => void;

/** What the rows of one content may name. */
interface Names {
  readonly content: LintedContent['content'];
  readonly kind: Kind;
  readonly vocabulary: LintedContent['vocabulary'];
  readonly blueprint: string | undefined;
  readonly roles: readonly string[];
  readonly declared: ReadonlySet<string>;
  /** Subjects that are held in projects alone. */
  readonly inProjects: ReadonlySet<string>;
  /** Resource types, role objects and settings that the blueprint itself brings. */
  readonly ownObjects: readonly string[];
  /** Settings that each member has for themselves. */
  readonly ofMembers: ReadonlySet<string>;
  /** What roles of an organization of this kind may hold. */
  readonly offers: ReadonlyMap<string, OfferedPermission>;
  readonly everything: ReadonlyMap<string, ReadonlySet<string>>;
  readonly hint: Hint;
}

/**
 * Each row for itself: subject, domain, object and action exist and may be used in this file; effect and wildcards fit the subject.
 * Subjects and domains of an organization's own rows are already refused where an engine is built.
 */
export function lintNames(linted: LintedContent, platformResources: ReadonlySet<string>): Finding[] {
  const findings = [
    ...lintResourceTypes(linted, platformResources),
    ...lintResourceGroups(linted, platformResources),
    ...lintScopes(linted),
    ...lintPermissionGroups(linted),
    ...lintFlags(linted),
    ...lintSeparation(linted),
  ];
  const names = namesOf(linted);
  for (const [position, row] of linted.content.rows.entries()) {
    const report: Report = (rule, message) =>
      findings.push({ rule, level: rules[rule].level, message, ...linted.content.sources[position] });
    if (names.kind !== 'organization') reportSubjectAndDomain(row, names, names.kind, report);
    reportPair(row, names, report);
    reportReach(row, names, report);
    reportEffect(row, names, report);
  }
  return findings;
}

function lintResourceTypes({ content: { blueprint } }: LintedContent, platformResources: ReadonlySet<string>): Finding[] {
  return (blueprint?.resourceTypes ?? []).flatMap(({ name }, index): Finding[] => {
    if (!platformResources.has(name)) return [];
    const message = `${name} is a resource type of the platform already`;
    const file = blueprintFile(blueprint!);
    return [{ rule: 'resource-type', level: 'error', message, file, path: ['resourceTypes', index, 'name'] }];
  });
}

function lintResourceGroups({ content: { blueprint } }: LintedContent, platformResources: ReadonlySet<string>): Finding[] {
  return (blueprint?.resourceGroups ?? []).flatMap(({ platformTypes = [] }, index) =>
    platformTypes.flatMap((name, place): Finding[] => {
      if (platformResources.has(name)) return [];
      const message = `${name} is no resource type of the platform${didYouMean(name, [...platformResources])}`;
      const path = ['resourceGroups', index, 'platformTypes', place];
      return [{ rule: 'unknown-resource', level: 'error', message, file: blueprintFile(blueprint!), path }];
    }),
  );
}

function lintScopes({ content: { blueprint }, vocabulary: { roles } }: LintedContent): Finding[] {
  return (blueprint?.scopes ?? []).flatMap(({ name }, index): Finding[] => {
    if (!Object.hasOwn(roles, `scope/${name}`)) return [];
    const file = blueprintFile(blueprint!);
    return [
      {
        rule: 'subject-prefix',
        level: 'error',
        message: `${name} is a scope of the platform already`,
        file,
        path: ['scopes', index, 'name'],
      },
    ];
  });
}

/** A permission of a group can be asked where the group says that it holds: else a role with it could do nothing. */
function lintPermissionGroups({ content: { blueprint }, vocabulary: { resources } }: LintedContent): Finding[] {
  const groups = (blueprint && customRolesOf(blueprint)?.permissionGroups) ?? [];
  return groups.flatMap(({ level, permissions }, index) =>
    permissions.flatMap((permission, place): Finding[] => {
      const { resource, action } = splitPermission(permission);
      const levels = Object.hasOwn(resources, resource) ? resources[resource]!.actions[action] : undefined;
      if (levels?.includes(level)) return [];
      const message = levels
        ? `${permission} cannot be asked at ${level} level, only at ${levels.join(' and ')} level`
        : `${permission} is no permission`;
      const file = blueprintFile(blueprint!);
      const path = ['customRoles', 'permissionGroups', index, 'permissions', place];
      return [{ rule: 'permission-group', level: 'error', message, file, path }];
    }),
  );
}

function namesOf({ content, vocabulary, blueprint }: LintedContent): Names {
  const roles = subjectsOf(vocabulary, blueprint);
  const custom = blueprint && customRolesOf(blueprint);
  // To look for what was meant costs far more than to see that it was not said.
  let hints = 50;
  return {
    content,
    kind: content.scope === 'platform' ? 'platform' : content.blueprint === undefined ? 'organization' : 'blueprint',
    vocabulary,
    blueprint: blueprint?.name,
    roles,
    declared: new Set(roles),
    inProjects: projectRoles(blueprint),
    ownObjects: [
      ...(blueprint?.resourceTypes.map(({ name }) => name) ?? []),
      ...(blueprint?.roles.filter(({ holders }) => !holders).map(({ id }) => `role:${id}`) ?? []),
      ...(blueprint?.settings?.map(({ key }) => settingObject(key)) ?? []),
    ],
    ofMembers: new Set(blueprint?.settings?.filter(({ scope }) => scope === 'member').map(({ key }) => settingObject(key))),
    offers: custom ? offeredPermissions(custom) : new Map(),
    everything: actionsOfAll(vocabulary),
    hint: (word, candidates) => (hints-- > 0 ? didYouMean(word, candidates) : ''),
  };
}

function reportSubjectAndDomain([sub, dom, obj, act, eft]: Row, names: Names, kind: Exclude<Kind, 'organization'>, report: Report): void {
  const { content, blueprint, declared, roles, hint, ownObjects, ofMembers, offers } = names;
  // Which of its roles a manifest may give, and which settings it may say, is said by each kind of organization itself.
  const isGiver = kind === 'blueprint' && sub.startsWith('platform/') && /^(role|setting):/.test(obj) && ownObjects.includes(obj);
  const isKeeper = kind === 'blueprint' && sub === controllerRole && isKept(content.blueprint, obj) && /^(create|update|delete)$/.test(act);
  const isInstaller = kind === 'blueprint' && sub === controllerRole && installs(content.blueprint, obj, act);
  // What each member has for themselves is a kind's own to open.
  const isOwn = kind === 'blueprint' && sub === 'member/self' && ofMembers.has(obj);
  // And what else a manifest may not do there: a row that denies gives nothing.
  const isTaker = kind === 'blueprint' && sub === controllerRole && eft === 'deny';
  // And what it can put into roles of an organization's own, because an author holds what is in a role.
  const isAuthor = kind === 'blueprint' && sub === controllerRole && offers.get(`${obj}:${act}`)?.level === dom;
  if (!isGiver && !isKeeper && !isInstaller && !isOwn && !isTaker && !isAuthor && !mayName(names, kind, sub)) {
    report('subject-prefix', `${sub} does not belong into ${scopeName(content.scope)}: ${prefixesOf(kind, blueprint)}`);
  } else if (!declared.has(sub)) {
    report('unknown-role', `${sub} is no role, state or scope that is declared${hint(sub, roles)}`);
  }
  const domains = kind === 'platform' ? ['platform', '*', 'org', 'project'] : ['*', 'org', 'project'];
  if (!domains.includes(dom)) {
    report('domain', `the domain ${dom} is not allowed in ${scopeName(content.scope)}; allowed are ${domains.join(', ')}`);
  }
}

/** A role of projects is never held where a row about the organization is asked. A warning: such a row does no harm to a revision in force. */
function reportReach([sub, dom, obj, act]: Row, { inProjects, vocabulary, everything }: Names, report: Report): void {
  if (!inProjects.has(sub)) return;
  if (dom === 'org') {
    report('dead-row', `${sub} is held in projects, where a row about org never matches; write project or *`);
    return;
  }
  const resource = Object.hasOwn(vocabulary.resources, obj) ? vocabulary.resources[obj] : undefined;
  const levels = resource ? new Set(resource.actions[act]) : everything.get(act);
  if (act === '*' || !levels || levels.size === 0 || levels.has('project')) return;
  report('dead-row', `${obj}:${act} cannot be asked in projects, where alone ${sub} is held`);
}

function reportEffect([sub, , obj, act, eft]: Row, { content, kind, ownObjects }: Names, report: Report): void {
  const isState = sub.startsWith('state/');
  if (isState && eft !== 'deny') report('state-must-deny', `${sub} is a state: it can only take away`);
  if (isState && kind === 'blueprint' && !ownObjects.includes(obj)) {
    report('subject-prefix', `${scopeName(content.scope)} may deny only its own resource types and roles to ${sub}, not ${obj}`);
  }
  const isWide = act === '*' || obj === '*';
  if (eft === 'allow' && isWide) report('wildcard-grant', `${sub} is allowed what does not exist yet: name the actions`);
}

/** Whether Tenet keeps resources of the type, so that a manifest may say them where the kind lets it. */
function isKept(blueprint: LintedContent['content']['blueprint'], name: string): boolean {
  return blueprint?.resourceTypes.some((type) => type.name === name && type.fields !== undefined) ?? false;
}

/** Whether it is about applications, or about the secrets that they are given, in a kind that installs some. */
function installs(blueprint: LintedContent['content']['blueprint'], obj: string, act: string): boolean {
  if (!blueprint?.instances) return false;
  return obj === 'instance' ? /^(create|update|restart|stop|delete)$/.test(act) : act === 'reveal' && isKept(blueprint, obj);
}

function mayName({ vocabulary, blueprint }: Names, kind: 'platform' | 'blueprint', sub: string): boolean {
  const prefix = sub.slice(0, sub.indexOf('/') + 1);
  if (kind === 'platform') return ['platform/', 'member/', 'state/', 'scope/'].includes(prefix);
  // What keys with a scope of the platform may do is said by the platform alone.
  return ['state/', 'scope/', `${blueprint}/`].includes(prefix) && !(prefix === 'scope/' && Object.hasOwn(vocabulary.roles, sub));
}

function prefixesOf(kind: 'platform' | 'blueprint', blueprint: string | undefined): string {
  return kind === 'platform'
    ? 'platform/, member/, state/ and scope/ are accepted'
    : `${blueprint}/, scope/ and state/ are accepted, platform/ for giving and taking its roles and for its settings, member/self for the settings that members have, and for ${controllerRole} what is denied, create, update and delete of resources that are kept, reveal of them and create, update, restart, stop and delete of instance where applications are installed, and what roles of an organization may hold, where they hold it`;
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

function reportPair([, dom, obj, act]: Row, { vocabulary: { resources }, everything, hint }: Names, report: Report): void {
  const own = Object.hasOwn(resources, obj) ? resources[obj]! : undefined;
  if (obj !== '*' && own === undefined) {
    reportObject(obj, Object.keys(resources), hint, report);
    return;
  }
  const actions =
    own === undefined ? everything : new Map(Object.entries(own.actions).map(([name, levels]) => [name, new Set<string>(levels)]));
  if (act !== '*' && !actions.has(act)) {
    const names = [...actions.keys()];
    const known = `${obj} has no action ${act}${hint(act, names) || `; it has ${names.join(', ')}`}`;
    report('unknown-action', own === undefined ? `no resource type has the action ${act}` : known);
    return;
  }
  const level = levelOf(dom);
  const asked = act === '*' ? [...actions.values()] : [actions.get(act)!];
  if (level === undefined || asked.some((levels) => levels.has(level))) return;
  const levels = [...new Set(asked.flatMap((each) => [...each]))].join(' and ');
  report('unknown-action', `${obj}:${act} cannot be asked at ${level} level, only at ${levels} level`);
}

function reportObject(obj: string, known: readonly string[], hint: Hint, report: Report): void {
  if (obj.startsWith('role:')) report('unknown-role', `${obj} is no role that can be given${hint(obj, known)}`);
  else if (obj.startsWith('setting:')) report('unknown-resource', `${obj} is no setting of this kind of organization${hint(obj, known)}`);
  else report('unknown-resource', `${obj} is no resource type${hint(obj, known)}`);
}

/** The level at which a row of this domain is asked; undefined for `*` and for a concrete organization, whose projects it may be about. */
function levelOf(dom: string): string | undefined {
  if (dom === 'platform' || dom === 'org' || dom === 'project') return dom;
  return dom.includes('/') ? 'project' : undefined;
}
