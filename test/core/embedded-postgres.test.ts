import { expect } from 'chai';
import pg from 'pg';
import { createDatabase, templateDatabase } from '../helpers/postgres.ts';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the databases of the tests', () => {
  it('copies a template that is prepared once', async () => {
    let prepared = 0;
    const prepare = async (url: string) => {
      prepared += 1;
      await query(url, 'create table thing as select uuidv7() as id');
    };
    await Promise.all([templateDatabase('things', prepare), templateDatabase('things', prepare)]);
    const copies = await Promise.all([createDatabase('things'), createDatabase('things')]);
    for (const copy of copies) expect(await query(copy.url, 'select 1 from thing')).to.have.length(1);
    expect(prepared).to.equal(1);
    for (const copy of copies) await copy.drop();
  });
});
