import { fileURLToPath } from 'node:url';
import { createEngine, type Engine } from '../core/authorization/engine/engine.ts';
import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { subjectsOf } from '../core/authorization/policy/vocabulary.ts';
import { readPolicies } from '../core/authorization/review/files.ts';
import { anyPlace, pairName } from '../core/authorization/review/verdicts.ts';

const places = [
  { level: 'org', title: 'In the organization', domain: anyPlace('org') },
  { level: 'project', title: 'In a project', domain: anyPlace('project') },
] as const;

/** policies/MATRIX.md: what each role of each kind of organization is allowed, as the engine answers for that role alone. */
export async function policyMatrix(root: URL): Promise<string> {
  const [platform, ...blueprints] = await readPolicies(fileURLToPath(new URL('policies', root)));
  return [
    '# Roles and permissions of each kind of organization',
    '',
    '<!-- Made from the policy files by `npm run generate`. -->',
    '',
    'One column for each role, held alone; a role of the organization counts in its projects too. A permission without a row here is allowed to no role.',
    'States (`state/...`) take away and are in `tests.yaml`; `scope/...` is what an API key of that scope may do at most.',
    ...blueprints.flatMap((blueprint) => ['', `## ${blueprint.blueprint!.name}`, ...sections(platform!, blueprint)]),
    '',
  ].join('\n');
}

function sections(platform: PolicyContent, content: PolicyContent): string[] {
  const engine = createEngine([platform, content]);
  const held = subjectsOf(platform.vocabulary!, content.blueprint!).filter((name) => !/^(state|platform)\//.test(name));
  const subjects = [...held, 'platform/controller'];
  return places.flatMap(({ level, title, domain }) => {
    const asked = engine.permissions(level).map((pair) => ({
      name: pairName(pair),
      allowed: subjects.map((subject) => isAllowed(engine, subject, { ...pair, domain })),
    }));
    const used = subjects.map((name, index) => ({ name, index })).filter(({ index }) => asked.some(({ allowed }) => allowed[index]));
    if (used.length === 0) return [];
    return [
      '',
      `### ${title}`,
      '',
      `| permission | ${used.map(({ name }) => name.replace(`${content.blueprint!.name}/`, '')).join(' | ')} |`,
      `| --- |${used.map(() => ' :-: |').join('')}`,
      ...asked
        .filter(({ allowed }) => allowed.includes(true))
        .map(({ name, allowed }) => `| ${name} | ${used.map(({ index }) => (allowed[index] ? '●' : '')).join(' | ')} |`),
    ];
  });
}

function isAllowed(engine: Engine, subject: string, pair: Omit<Parameters<Engine['decide']>[0], 'roles'>): boolean {
  return engine.decide({ ...pair, roles: engine.roleSet([subject]) }).allowed;
}
