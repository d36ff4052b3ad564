import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { send } from '../../helpers/keys.ts';
import { type Person, signIn } from '../../helpers/people.ts';
import { foundStore, putFirstIntoForce, storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

/** 464 comparisons with what is eight keys deep. */
const way = 'r.res.a.b.c.d.e.f.g.k';
const rows = Array.from({ length: 16 }, (_, row) => {
  const terms = Array.from({ length: 29 }, (__, term) => `${way} < ${-1 - row * 29 - term}`);
  return `p, *, record:*, read, ${terms.join(' || ')}, allow`;
});
const policy = [...rows, 'p, *, note:*, read, r.res.level > 1, allow', 'p, *, memo:*, read, r.res.owner == r.sub.id, allow'].join('\n');

/** As many as no page looks through where so much is compared. */
const many = 7_000;

describe('A search in a store that looks through many entities', () => {
  let tenet: TestTenet;
  let owner: Person;
  let store: string;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    const founded = await foundStore(owner);
    ({ store } = founded);
    await putFirstIntoForce(owner, store, { ...storeFiles, policy });
    await tenet.database.write('platform', (db) =>
      db.raw(
        `insert into policy_store_entities (org_id, store_id, type, id, properties, bytes)
          select ?, ?, type, lpad(n::text, 5, '0'), case type when 'record' then record else note end, 0
          from unnest(array['record', 'note']) type, generate_series(1, ?::int) n,
            lateral (select jsonb_build_object('level', case when n % 3000 = 0 then 2 else 1 end) as note) b,
            lateral (select jsonb_set('{"a":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}}', '{a,b,c,d,e,f,g,k}', to_jsonb(case when n = ?::int then -2 else 0 end)) as record) a`,
        [toUuid('organization', founded.organizationId), toUuid('policyStore', founded.policyStoreId), many, many],
      ),
    );
    await send(owner, 'POST', `${store}/entities`, {
      entities: Array.from({ length: 7 }, (_, n) => ({ type: 'memo', id: `m${n}`, properties: { owner: n % 2 === 0 ? 'eve' : 'bob' } })),
    });
  });
  after(() => tenet?.stop());

  /** All pages, from first to last: the ids on each. */
  async function pages(type: string, limit: number): Promise<string[][]> {
    const found: string[][] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const page: object = { limit, ...(token !== '' && { token }) };
      const asked = { subject: { type: 'user', id: 'eve' }, action: { name: 'read' }, resource: { type }, page };
      const { status, text, body } = await send(owner, 'POST', `${store}/access/v1/search/resource`, asked);
      expect(status, text).to.equal(200);
      const { results, page: next } = body as { results: { id: string }[]; page?: { next_token?: string } };
      found.push(results.map(({ id }) => id));
      token = next?.next_token || undefined;
    }
    return found;
  }

  it('ends its page where much was compared, and goes on behind it', async () => {
    expect(await pages('record', 10)).to.deep.equal([[], ['07000']]);
  });

  it('finds few among many on one page, and as many as a page has', async () => {
    expect(await pages('note', 10)).to.deep.equal([['03000', '06000']]);
    expect(await pages('note', 1)).to.deep.equal([['03000'], ['06000'], []]);
  });

  it('looks at what its condition needs alone, page after page', async () => {
    expect(await pages('memo', 10)).to.deep.equal([['m0', 'm2', 'm4', 'm6']]);
    expect(await pages('memo', 3)).to.deep.equal([['m0', 'm2', 'm4'], ['m6']]);
  });
});
