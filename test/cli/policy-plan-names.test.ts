import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { usualNames } from '../../cli/names.ts';
import { plan } from '../../cli/policy-plan.ts';
import { countOf, subjectsOf } from '../../cli/policy-plan-people.ts';
import { toId } from '../../core/base/ids.ts';
import { openDatabase } from '../../core/database/database.ts';
import { migrate } from '../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../core/policies/policies.ts';
import { policyDirectory } from '../core/authorization/contents.ts';
import { commandsOn } from '../helpers/environment.ts';
import { failure } from '../helpers/failure.ts';
import { createDatabase, templateDatabase } from '../helpers/postgres.ts';
import { uuid } from '../helpers/rows.ts';

describe('the names in tenet policy plan', function () {
  this.timeout(120_000);
  const [acme, home, website, den] = [uuid('organization'), uuid('organization'), uuid('project'), uuid('project')];
  const people = { ada: uuid('user'), eve: uuid('user'), nameless: uuid('user') };
  const directory = mkdtempSync(join(tmpdir(), 'tenet-names-'));
  const hostile = '\u202e[x](http://evil.example) | <img src=x> @octocat <ceo@acme.example>';
  const form = { against: 'live', output: 'table', failOn: [], renameRole: [], dropRole: [] } as const;
  let takeBack: () => void;
  let drop: () => Promise<void>;

  before(async () => {
    await templateDatabase('schema', async (template) => void (await migrate(template)));
    const copy = await createDatabase('schema');
    ({ drop } = copy);
    takeBack = commandsOn({ databaseUrl: copy.url });
    const database = openDatabase(copy.url, { size: 1, onError: () => undefined, role: 'owner' });
    await applyInitialPolicies(database, policyDirectory);
    await database.write('platform', async (db) => {
      const user = (id: string, more: object) => db('users').insert({ id, issuer: 'https://idp.example', subject: id, ...more });
      await user(people.ada, { email: 'ada@example.com', name: 'A. Lovelace' });
      await user(people.eve, { email: 'eve@example.com', display_name: hostile });
      await user(people.nameless, {});
      const organization = { blueprint: 'ai-spaces', top_role: 'org.admin' };
      await db('organizations').insert({ id: acme, slug: 'acme', name: 'Acme', ...organization });
      await db('organizations').insert({ id: home, slug: 'ada-lovelace', name: 'Ada', personal_of: people.ada, ...organization });
      const add = async (org_id: string, project_id: string, slug: string, ids: readonly string[]) => {
        await db('projects').insert({ org_id, id: project_id, slug, name: slug });
        for (const user_id of ids) {
          await db('members').insert({ org_id, user_id, ...(user_id === people.ada && { display_name: 'Ada' }) });
          const grant = { role: 'project.viewer', source: 'DIRECT', granted_by: 'test' };
          await db('grants').insert({ org_id, id: uuid('grant'), user_id, project_id, ...grant });
        }
      };
      await add(acme, website, 'website', Object.values(people));
      await add(home, den, 'den', [people.ada]);
    });
    await database.close();
    cpSync(policyDirectory, directory, { recursive: true });
    const row = 'p, ai-spaces/project.viewer, project, model, read, allow\n';
    replace('policy.csv', row, `${row}p, ai-spaces/project.viewer, project, model, use, allow\n`);
    const tested = 'router: [list, read]\n        tool: [list, read]\n        document';
    replace('tests.yaml', `model: [list, read]\n        ${tested}`, `model: [list, read, use]\n        ${tested}`);
  });

  after(async () => {
    takeBack?.();
    await drop?.();
    rmSync(directory, { recursive: true, force: true });
  });

  function replace(file: string, from: string, to: string): void {
    const path = join(directory, 'blueprints/ai-spaces', file);
    const text = readFileSync(path, 'utf8');
    expect(text).to.include(from);
    writeFileSync(path, text.replace(from, to));
  }

  const planned = async (options: Partial<Parameters<typeof plan>[1]>): Promise<string> => {
    const lines: string[] = [];
    expect(await plan(directory, { ...form, ...options }, (line) => lines.push(line))).to.equal(10);
    return lines.join('\n');
  };

  it('are those of all at a terminal, and elsewhere, as in the log of a pipeline, nothing of people', async () => {
    expect([usualNames({ isTTY: true }), usualNames({ isTTY: false }), usualNames({})]).to.deep.equal(['all', 'places', 'places']);
    const { stdout } = process;
    const terminal = Object.getOwnPropertyDescriptor(stdout, 'isTTY');
    try {
      for (const [isTTY, sees] of [
        [true, true],
        [false, false],
      ] as const) {
        Object.defineProperty(stdout, 'isTTY', { value: isTTY, configurable: true });
        const text = await planned({});
        expect(text).to.match(/acme\/website/);
        expect(/Ada <ada@example\.com>/.test(text), String(isTTY)).to.equal(sees);
        if (!sees) expect(text).not.to.match(/\bada\b|lovelace|eve@/i);
      }
    } finally {
      if (terminal) Object.defineProperty(stdout, 'isTTY', terminal);
      else delete (stdout as { isTTY?: boolean }).isTTY;
    }
  });

  it('are those of members, projects and organizations where all are wanted, with the ids of subjects and nothing that controls it', async () => {
    const text = await planned({ names: 'all' });
    const line = (who: string, where: string, id: string) =>
      new RegExp(`^GAIN +${who} +${where} +ai-spaces/project\\.viewer +model:use +${toId('user', id)}$`, 'm');
    expect(text).to.match(line('Ada <ada@example\\.com>', 'acme/website', people.ada));
    expect(text).to.match(line('Ada <ada@example\\.com>', 'ada-lovelace/den', people.ada));
    // In quotes, so that the address in the name is none.
    expect(text).to.match(line('"\\\\u\\{202e\\}\\[x\\].*<ceo@acme\\.example>" <eve@example\\.com>', 'acme/website', people.eve));
    expect(text).to.match(line('', 'acme/website', people.nameless));
    expect(text).not.to.include('\u202e');
  });

  it('count a person once, who is met in two organizations, in the table as in annotations', async () => {
    expect(await planned({})).to.match(/^GAIN +model:use +project +ai-spaces\/project\.viewer +grant +3 +2 /m);
    expect(await planned({ format: 'github' })).to.include('3 subjects with ai-spaces/project.viewer gain model:use');
    const document = JSON.parse(await planned({ output: 'json' }));
    expect(document.effects[0]).to.include({ subjects: 4, organizations: 2 });
    const { subjects: _, ...grouped } = document.rows[0];
    expect(countOf(subjectsOf([grouped]))).to.equal(`at most ${grouped.count}`);
  });

  it('are those of places in a pull request, and nothing of people', async () => {
    const text = await planned({ format: 'markdown' });
    expect(text).to.include('| GAIN | 3 people | acme/website | ai-spaces/project.viewer | model:use |');
    const place = `${toId('organization', home)}/${toId('project', den)}`.replaceAll('_', '&#95;');
    expect(text).to.include(`| GAIN | 1 person | ${place} |`);
    expect(text).not.to.match(/\bada\b|lovelace|eve@|user/i);
    const annotations = await planned({ format: 'github' });
    expect(annotations).to.match(/in 2 organizations \((acme, org_\w+|org_\w+, acme)\)/);
    expect(annotations).not.to.match(/\bada\b|lovelace|eve@/i);
  });

  it('are those of people in a pull request where that is asked for, and no markup', async () => {
    const text = await planned({ format: 'markdown', names: 'all' });
    const [row = ''] = /^\| GAIN \| .* \| acme\/website \|.*$/m.exec(text) ?? [];
    expect(row).to.include('Ada &lt;ada&#64;example.com>').and.to.include(toId('user', people.nameless).replace('_', '&#95;'));
    expect(row.split('|')).to.have.length(7);
    expect(row).not.to.match(/<img|\]\(|http:\/\/|@octocat/);
    expect(text).to.include('| ada-lovelace/den |');
  });

  it('are not in what programs read, nor in plans of a snapshot', async () => {
    expect(await planned({ output: 'json' })).not.to.match(/ada@|lovelace|acme|website/i);
    const refused = await Promise.all([
      failure(planned({ output: 'json', names: 'all' })),
      failure(planned({ against: 'snapshot.gz', names: 'places' })),
    ]);
    expect(refused.map(({ name }) => name)).to.deep.equal(['UsageError', 'UsageError']);
  });
});
