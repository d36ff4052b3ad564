import type { PolicyContent } from '../../core/authorization/policy/content.ts';
import { readPolicies } from '../../core/authorization/review/files.ts';

/** Bodies close to a mebibyte that cost as much to check as their author can make them. */
export async function dearProposals(): Promise<string[]> {
  const contents = await readPolicies('policies');
  const { model, rows, blueprint, tests } = contents.find(({ scope }) => scope === 'blueprint/integrations')!;
  const proposal = { model, rows, blueprint, tests, reason: 'As dear as can be' };
  return [
    JSON.stringify({ ...proposal, tests: { ...tests, cases: casesOfNobody() } }),
    JSON.stringify({ ...proposal, rows: rowsOfNobody() }),
    JSON.stringify({ ...proposal, ...manyRoles(proposal as Pick<PolicyContent, 'rows'> & { blueprint: object }) }),
  ];
}

/** Tests about roles that do not exist, each of which is an error. */
function casesOfNobody(): unknown[] {
  const role = (index: number, place: number) => `integrations/org.${'manager'.repeat(8)}${index}-${place}`;
  return Array.from({ length: 200 }, (_, index) => ({
    name: `case ${index}`,
    roles: Array.from({ length: 58 }, (_unused, place) => role(index, place)),
    level: 'org',
    ask: 'member:list',
    expect: 'deny',
  }));
}

/** As many rows as there may be, each with three errors. */
function rowsOfNobody(): string[][] {
  return Array.from({ length: 5_000 }, (_, index) => [`integrations/org.nobody-${index}`, 'org', `thing-${index}`, 'list', 'allow']);
}

/** As many questions as the sizes allow: fifty roles, which may all give each other, and a hundred types of thirty actions. */
function manyRoles({ rows, blueprint }: { rows: PolicyContent['rows']; blueprint: object }): object {
  const { roles, resourceTypes } = blueprint as { roles: { id: string }[]; resourceTypes: object[] };
  const more = Array.from({ length: 50 - roles.length }, (_, index) => ({
    ...{ id: `org.extra-${index}`, title: 'Extra', description: 'One more role.', level: 'org' },
  }));
  const actions = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`a${index}`, ['org', 'project']]));
  const types = Array.from({ length: 100 - resourceTypes.length }, (_, index) => ({ name: `thing-${index}`, title: 'Thing', actions }));
  const all = [...roles, ...more];
  const allowed = more.flatMap(({ id }) =>
    [...types.slice(0, 50).map(({ name }) => [name, '*']), ...all.map((given) => [`role:${given.id}`, 'assign'])].map(
      ([object, action]) => [...[`integrations/${id}`, '*', object, action, 'allow']],
    ),
  );
  return {
    rows: [...rows, ...allowed].slice(0, 5_000),
    blueprint: { ...blueprint, roles: all, resourceTypes: [...resourceTypes, ...types] },
  };
}
