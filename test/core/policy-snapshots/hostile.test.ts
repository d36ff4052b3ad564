import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { migrate } from '../../../core/database/migrate.ts';
import { loadSnapshot } from '../../../core/policy-snapshots/loading.ts';
import { failure } from '../../helpers/failure.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';
import { withData } from '../access-plans/with-data.ts';
import { withDirectory, writeTo } from './as-snapshot.ts';

const other = '00000000-0000-8000-8000-00000000abcd';

describe('policy snapshot that is not what it says', function () {
  this.timeout(120_000);
  let lines: string[];

  before(async () => {
    await withDirectory((directory) =>
      withData(41_000, async (database) => {
        const file = join(directory, 'snapshot.gz');
        await writeTo(file, database);
        lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
      }),
    );
    await templateDatabase('schema', async (url) => void (await migrate(url)));
  });

  /** What loading these bytes says. */
  async function refusalOf(bytes: Buffer): Promise<string> {
    const copy = await createDatabase('schema');
    try {
      return await withDirectory(async (directory) => {
        const file = join(directory, 'file.gz');
        writeFileSync(file, bytes);
        const { message } = await failure(loadSnapshot(copy.url, file));
        return message.replace(file, 'FILE');
      });
    } finally {
      await copy.drop();
    }
  }

  /** The file with other lines and a last line that fits them. */
  function sealed(edit: (lines: string[]) => string[]): Buffer {
    const body = edit(lines.slice(0, -1));
    const text = body.map((line) => `${line}\n`).join('');
    const sha256 = createHash('sha256').update(text).digest('hex');
    return gzipSync(`${text}${JSON.stringify({ end: true, rows: '', sha256 })}\n`);
  }

  /** The number of the first line of a table. */
  function lineOf(table: string): number {
    const { tables } = JSON.parse(lines[0]!) as { tables: { name: string; rows: number }[] };
    let line = 1;
    for (const { name, rows } of tables) {
      if (name === table) return line;
      line += rows;
    }
    throw new Error(table);
  }

  const withRow = (table: string, edit: (row: unknown[]) => unknown[]): Buffer =>
    sealed((all) => all.with(lineOf(table), JSON.stringify(edit(JSON.parse(all[lineOf(table)]!) as unknown[]))));

  /** A project of another organization than this one. */
  function projectOutside(organization: unknown): unknown {
    const begin = lineOf('projects');
    const projects = lines.slice(begin, lineOf('restrictions')).map((line) => JSON.parse(line) as unknown[]);
    return projects.find(([of]) => of !== organization)![1];
  }

  const withSources = (edit: (sources: unknown[]) => unknown[]): Buffer =>
    withRow('policy_revisions', ([scope, revision, text]) => {
      const content = JSON.parse(text as string) as { sources: unknown[] };
      return [scope, revision, JSON.stringify({ ...content, sources: edit(content.sources) })];
    });

  it('is whole and loads where nothing was done to it', async () => {
    const copy = await createDatabase('schema');
    await withDirectory(async (directory) => {
      const file = join(directory, 'file.gz');
      writeFileSync(
        file,
        sealed((all) => all),
      );
      await loadSnapshot(copy.url, file);
    });
    await copy.drop();
  });

  it('loads a file of the first version, which has no restrictions', async () => {
    const at = lineOf('restrictions');
    const header = JSON.parse(lines[0]!) as { tables: { name: string; rows: number }[] };
    const { rows } = header.tables.find(({ name }) => name === 'restrictions')!;
    expect(rows).to.be.above(0);
    const first = JSON.stringify({ ...header, version: 1, tables: header.tables.filter(({ name }) => name !== 'restrictions') });
    const copy = await createDatabase('schema');
    await withDirectory(async (directory) => {
      const file = join(directory, 'file.gz');
      writeFileSync(
        file,
        sealed((all) => all.toSpliced(at, rows).with(0, first)),
      );
      expect(await loadSnapshot(copy.url, file)).to.deep.include({ version: 1 });
    });
    await copy.drop();
  });

  it('loads a restriction that lists a project that was purged since', async () => {
    const copy = await createDatabase('schema');
    await withDirectory(async (directory) => {
      const file = join(directory, 'file.gz');
      writeFileSync(
        file,
        withRow('restrictions', ([organization, type]) => [organization, type, true, [other]]),
      );
      await loadSnapshot(copy.url, file);
    });
    await copy.drop();
  });

  const faults: Record<string, { bytes: () => Buffer; said: RegExp }> = {
    'cut in the middle': { bytes: () => sealed((all) => all).subarray(0, -200), said: /^FILE is cut: / },
    'without its last line': {
      bytes: () => gzipSync(`${lines.slice(0, -1).join('\n')}\n`),
      said: /^FILE is cut: its last line is missing/,
    },
    'with a line less': {
      bytes: () => sealed((all) => all.toSpliced(lineOf('users'), 1)),
      said: /^FILE (is no snapshot|does not hold together): /,
    },
    'with a line more': {
      bytes: () => sealed((all) => all.toSpliced(lineOf('users'), 0, all[lineOf('users')]!)),
      said: /^FILE (is no snapshot|does not hold together): /,
    },
    'with another state': {
      bytes: () => gzipSync(`${lines.join('\n').replace('"ACTIVE"', '"SUSPENDED"')}\n`),
      said: /^FILE was changed since it was made/,
    },
    'with more behind its last line': { bytes: () => gzipSync(`${lines.join('\n')}\nmore\n`), said: /^FILE is no snapshot: there is more/ },
    'whose line is no JSON': { bytes: () => sealed((all) => all.with(3, 'DROP TABLE')), said: /^FILE is no snapshot: line 4 is not JSON/ },
    'with a name in the place of a state': {
      bytes: () => withRow('users', ([id]) => [id, 'Alice Smith']),
      said: /^FILE is no snapshot: line \d+ has a value that users\.state cannot have/,
    },
    'with a state that there is not': {
      bytes: () => withRow('users', ([id]) => [id, 'ODD']),
      said: /^FILE does not hold together: a row of users is refused by the database \(users_state_check\)/,
    },
    'with a row twice': {
      bytes: () => sealed((all) => all.with(lineOf('users') + 1, all[lineOf('users')]!)),
      said: /^FILE does not hold together: a row of users is refused by the database \(users_pkey\)/,
    },
    'with a member of an organization that is not in it': {
      bytes: () => withRow('members', ([, ...row]) => [other, ...row]),
      said: /^FILE does not hold together: members\.org_id names what is not in it/,
    },
    'with a grant of a project of another organization': {
      bytes: () => withRow('grants', ([organization, , ...row]) => [organization, other, ...row]),
      said: /^FILE does not hold together: grants\.project_id names what is not in it/,
    },
    'with a restriction in a project of another organization': {
      bytes: () => withRow('restrictions', ([organization, type]) => [organization, type, true, [projectOutside(organization)]]),
      said: /^FILE does not hold together: restrictions\.project_ids names what is not in it/,
    },
    'with a restriction whose projects are text': {
      bytes: () => withRow('restrictions', ([organization, type, isException]) => [organization, type, isException, ['}, {']]),
      said: /^FILE is no snapshot: line \d+ has a value that restrictions\.project_ids cannot have/,
    },
    'with a time that there is not': {
      bytes: () => withRow('mfa_requirements', ([organization, , ...row]) => [organization, '2026-13-45 00:00:00', ...row]),
      said: /^FILE is no snapshot: 2026-13-45 00:00:00 is no time/,
    },
    'with a policy that is none': {
      bytes: () => withRow('policy_revisions', ([scope, revision]) => [scope, revision, '{"model":1}']),
      said: /^FILE is no snapshot: it has a policy of \S+ that is none/,
    },
    'with a file of a row that is markup': {
      bytes: () => withSources((sources) => sources.with(0, { file: '![x](https://example.com)', line: 1 })),
      said: /^FILE is no snapshot: it has a policy of \S+ that is none/,
    },
    'with a line of a row that is text': {
      bytes: () => withSources((sources) => sources.with(0, { file: 'policy.csv', line: '<b>' })),
      said: /^FILE is no snapshot: it has a policy of \S+ that is none/,
    },
    'with a row of which it does not say where it was written': {
      bytes: () => withSources((sources) => sources.slice(1)),
      said: /^FILE is no snapshot: it has a policy of \S+ that is none/,
    },
    'with a line of 20 million bytes': {
      // Not compressed, so that it is the line that is refused.
      bytes: () => gzipSync(`${lines[0]}\n${'x'.repeat(20_000_000)}\n`, { level: constants.Z_NO_COMPRESSION }),
      said: /^FILE is no snapshot: it has a line of more than/,
    },
    'that unpacks to far more than its size': {
      bytes: () => {
        const [scope, revision, content] = JSON.parse(lines[1]!) as [string, number, string];
        const padded = JSON.stringify([scope, revision, `${' '.repeat(7_000_000)}${content}`]);
        return sealed((all) => [all[0]!.replace(/"rows":\d+/, '"rows":9'), ...Array.from({ length: 9 }, () => padded), ...all.slice(1)]);
      },
      said: /^FILE is no snapshot: what is in it is more than 100 times as large as the file/,
    },
    'that says it has a million million rows': {
      bytes: () => sealed((all) => all.with(0, all[0]!.replace(/"rows":\d+/, '"rows":1000000000000'))),
      said: /^FILE is no snapshot: its first line is not what Tenet writes/,
    },
    'with a column that this version does not know': {
      bytes: () => sealed((all) => all.with(0, all[0]!.replace('"state"', '"email"'))),
      said: /^FILE is no snapshot: its first line is not what Tenet writes/,
    },
  };
  for (const [what, { bytes, said }] of Object.entries(faults)) {
    it(`is refused in one sentence: ${what}`, async () => {
      const message = await refusalOf(bytes());
      expect(message).to.match(said);
      expect(message).not.to.include('\n');
    });
  }
});
