import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lint } from '../../cli/policy-lint.ts';
import { test } from '../../cli/policy-test.ts';
import { policyDirectory } from '../core/authorization/contents.ts';

const rows = 'blueprints/integrations/policy.csv';
const kind = 'blueprints/integrations/blueprint.yaml';
const tests = 'blueprints/integrations/tests.yaml';
const platform = 'platform/policy.csv';
const words = 'permissions.yaml';
const model = 'model.conf';

/** What was done to a file: the text that stood there, what stands there now, and the rule that finds it. `test` is found by a statement. */
type Fault = readonly [title: string, file: string, from: string, to: string, rule: string, found?: string];

const admin = 'p, integrations/org.admin, org,';
const update = `${admin} organization, update, allow`;
/** A resource type more, whose action is asked at this level. */
const windowAt = (level: string): string => `  window:\n    title: Windows\n    actions:\n      open: [${level}]\n  audit-event:`;

/** In the policies that ship, one at a time. Where the finding stands in another file than the fault, that is named last. */
const faults: readonly Fault[] = [
  ['a role with a typing error', rows, update, update.replace('org.admin', 'org.admn'), 'unknown-role'],
  ['a resource type with a typing error', rows, update, update.replace('organization', 'organisation'), 'unknown-resource'],
  ['an action with a typing error', rows, update, update.replace('update', 'updat'), 'unknown-action'],
  ['an action of another resource type', rows, update, update.replace('update', 'resend'), 'unknown-action'],
  ['a level at which it cannot be asked', rows, update, update.replace(' org,', ' project,'), 'unknown-action'],
  ['a role of another kind of organization', rows, update, update.replace('integrations/', 'teams/'), 'subject-prefix'],
  ['a person as a subject', rows, update, update.replace('integrations/org.admin', 'user_1'), 'subject-prefix'],
  [
    'a role of the platform in a kind of organization',
    rows,
    update,
    update.replace('integrations/org.admin', 'platform/user'),
    'subject-prefix',
  ],
  ['the domain of one organization', rows, update, update.replace(' org,', ' org_1,'), 'domain'],
  ['the domain of the platform in a kind of organization', rows, update, update.replace(' org,', ' platform,'), 'domain'],
  ['a row of four fields', rows, update, update.replace(', allow', ''), 'malformed-row'],
  ['a row of six fields', rows, update, `${update}, allow`, 'malformed-row'],
  ['an effect with a typing error, which Casbin takes for allow', rows, update, update.replace('allow', 'denny'), 'malformed-row'],
  ['an effect in capitals', rows, update, update.replace('allow', 'ALLOW'), 'malformed-row'],
  ['a row for every subject', rows, update, update.replace('integrations/org.admin', '*'), 'malformed-row'],
  ['a member of a role among the rows', rows, update, 'g, user_1, integrations/org.admin, org_1', 'malformed-row'],
  ['quotes around a field', rows, update, update.replace('update', '"update"'), 'malformed-row'],
  ['a pattern in a field', rows, update, update.replace('update', 'up.*'), 'malformed-row'],
  ['a comment behind a row', rows, update, `${update} # why`, 'malformed-row'],
  ['the same row twice', rows, update, `${update}\n${update}`, 'duplicate-rule'],
  ['a row within a wider one', rows, update, `${update}\n${admin} organization, *, allow`, 'shadowed-allow'],
  ['a deny that beats an allow of the same role', rows, update, `${update}\n${admin} organization, update, deny`, 'dead-allow'],
  ['a wide deny that beats all allows of a role', rows, update, `${update}\n${admin} organization, *, deny`, 'dead-allow'],
  ['an allow of every action', rows, update, `${admin} organization, *, allow`, 'wildcard-grant'],
  ['an allow of every resource type', rows, update, `${admin} *, update, allow`, 'wildcard-grant'],
  [
    'a state that allows',
    platform,
    'p, state/suspended,',
    'p, state/suspended, *, member, list, allow\np, state/suspended,',
    'state-must-deny',
  ],
  [
    'a kind of organization that denies what is not its own to a state',
    rows,
    update,
    `${update}\np, state/suspended, *, member, list, deny`,
    'subject-prefix',
  ],
  ['a deny of what nothing allows', rows, update, `${update}\np, state/suspended, project, role:org.admin, assign, deny`, 'redundant-deny'],
  ['a deny that another one covers', rows, update, `${update}\np, state/suspended, org, role:org.admin, assign, deny`, 'shadowed-deny'],
  [
    'a role of projects in a row about the organization',
    rows,
    update,
    `${update}\np, integrations/project.member, org, connection, list, allow`,
    'dead-row',
  ],
  [
    'a lower role that may give a higher one',
    rows,
    update,
    `${update}\np, integrations/org.manager, org, role:org.admin, assign, allow`,
    'escalation',
  ],
  [
    'a lower role that may invite with a higher one',
    rows,
    update,
    `${update}\np, integrations/org.manager, org, role:org.admin, invite, allow`,
    'escalation',
  ],
  ['the giving of a role that there is not', rows, update, `${update}\n${admin} role:org.boss, assign, allow`, 'unknown-role'],
  ['spaces that do not belong', rows, update, update.replace(', update', ' ,update'), 'spacing'],
  [
    'rows about one thing that stand apart',
    rows,
    `${admin} organization, delete, allow\n`,
    `${admin} member, list, allow\n${admin} organization, delete, allow\n`,
    'order',
  ],
  ['an unknown key', kind, 'title:', 'titel: x\ntitle:', 'unknown-key'],
  ['a key twice', kind, 'title:', 'title: x\ntitle:', 'yaml-syntax'],
  ['an alias', kind, 'title:', 'description: &a x\ntitle: *a\nname2:', 'yaml-syntax'],
  ['a switch with a value that it does not have', kind, 'owner:', 'owner: three\nownerr:', 'yaml-value'],
  ['a kind of organization that is not called like its folder', kind, 'name: integrations', 'name: integration', 'blueprint-name'],
  [
    'a role that no row names',
    kind,
    'roles:\n',
    'roles:\n  - { id: org.idle, title: Idle, description: Does nothing., level: org }\n',
    'idle-name',
  ],
  ['a permission that no role has', words, '  audit-event:', windowAt('org'), 'orphan-permission'],
  ['a level that there is not', words, '  audit-event:', windowAt('team'), 'yaml-value'],
  ['a model without the domain', model, ' && (p.dom == "*" || p.dom == r.level || p.dom == r.org || p.dom == r.dom)', '', 'model-matcher'],
  ['a model that names what does not exist', model, 'r.obj == p.obj', 'r.object == p.obj', 'model-matcher'],
  ['a model in which an allow wins', model, ' && !some(where (p.eft == deny))', '', 'model-effect'],
  ['a model with another question', model, 'r = sub, org, dom,', 'r = sub, dom, org,', 'model-definition'],
  ['a section of a model with a typing error', model, '[matchers]', '[matcher]', 'model-syntax'],
  [
    'a permission more than the matrix says',
    rows,
    update,
    `${update}\np, integrations/org.manager, org, connection, delete, allow`,
    'test',
    tests,
  ],
  ['a permission less than the matrix says', rows, `${update}\n`, '', 'test', tests],
  ['a role in a test with a typing error', tests, '      org.admin:', '      org.admn:', 'test'],
  ['a permission in a test that there is not', tests, 'organization: [', 'organization: [fly, ', 'test'],
  ['tests without a matrix', tests, 'matrix:', 'matrix: []\nmatrix2:', 'unknown-key'],
];

describe('A planted fault', function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'faults-'));
    await cp(policyDirectory, directory, { recursive: true });
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('is one of at least 40', () => expect(faults.length).to.be.at.least(40));

  for (const [title, file, from, to, rule, found = file] of faults) {
    it(`is found with its file and line: ${title}`, async () => {
      const path = join(directory, file);
      const before = await readFile(path, 'utf8');
      expect(before).to.contain(from);
      const text = before.replace(from, () => to);
      await writeFile(path, text);
      const lines: string[] = [];
      const run = rule === 'test' ? test : lint;
      await run(directory, (line) => lines.push(line), 'json');
      const { findings, failures } = JSON.parse(lines.join('\n'));
      const places: { rule?: string; file: string; line: number }[] = (findings ?? failures).filter(
        (one: { rule?: string }) => (one.rule ?? 'test') === rule,
      );
      const here = places.filter((one) => one.file === join(directory, found));
      expect(here, lines.join('\n').slice(0, 2_000)).to.not.deep.equal([]);
      const changed = linesOf(before, text);
      if (found === file) expect(here.some(({ line }) => line >= changed.first - 1 && line <= changed.last + 1)).to.equal(true);
      else expect(here.every(({ line }) => line > 1)).to.equal(true);
    });
  }
});

/** The lines in which a text differs from what it was. */
function linesOf(before: string, after: string): { first: number; last: number } {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const first = now.findIndex((line, index) => line !== old[index]) + 1;
  const tail = [...now].reverse().findIndex((line, index) => line !== old.at(-1 - index));
  return { first, last: Math.max(first, now.length - tail) };
}
