import { expect } from 'chai';
import fc from 'fast-check';
import { foldEmail, isEmailAddress } from '../../../core/base/email-address.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { checkEmailFolding } from '../../../core/database/email-folding.ts';
import { migrate, SchemaError } from '../../../core/database/migrate.ts';
import { query } from '../../helpers/embedded-postgres.ts';
import { failure } from '../../helpers/failure.ts';
import { addressTexts, rounds } from '../../helpers/generators.ts';
import { createDatabase } from '../../helpers/postgres.ts';
import { rowsOf, uuid } from '../../helpers/rows.ts';

/** Collations that make other letters of I, K and their kin than ASCII does. */
const collations: Record<string, string> = {
  'the default collation': '',
  'a Turkish collation': "template template0 locale_provider icu icu_locale 'tr-TR'",
  'a Lithuanian collation': "template template0 locale_provider icu icu_locale 'lt-LT'",
};

describe('folding of e-mail addresses', () => {
  for (const [name, options] of Object.entries(collations)) {
    describe(`in a database with ${name}`, () => {
      let database: Database;
      let url: string;
      let drop: () => Promise<void>;
      const org = uuid('organization');
      const user = uuid('user');

      before(async () => {
        ({ url, drop } = await createDatabase(undefined, options));
        await migrate(url);
        database = openDatabase(url, { size: 2, onError: () => undefined });
        await database.write('platform', async (db) => {
          await db('users').insert({ id: user, issuer: 'https://idp.example.com', subject: 'idil', email: 'IDIL@Example.com' });
          await db('organizations').insert({ id: org, slug: 'acme', name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' });
        });
      });

      after(async () => {
        await database.close();
        await drop();
      });

      it('is the same in SQL as in the program', () => checkEmailFolding(database));

      it('and what an address is, too', () =>
        fc.assert(
          fc.asyncProperty(fc.array(addressTexts, { minLength: 50, maxLength: 50 }), async (texts) => {
            const stored = texts.filter((text) => !text.includes('\0') && !/\p{Cs}/u.test(text));
            const sql = 'select is_email_address(text) as good from unnest(?::text[]) with ordinality as asked(text, place) order by place';
            const { rows } = await database.read('platform', (db) => db.raw(sql, [stored]));
            expect(rows.map(({ good }: { good: boolean }) => good)).to.deep.equal(stored.map(isEmailAddress));
          }),
          rounds(20),
        ));

      it('finds a user by an address that was written in capitals', async () => {
        const found = await database.read('platform', (db) => db('users').where('folded_email', foldEmail('idil@EXAMPLE.COM')).pluck('id'));
        expect(found).to.deep.equal([user]);
      });

      it('admits one pending invitation of an address, however its letters are written', async () => {
        const invitation = rowsOf(org, user)['invitations']!;
        await database.write('platform', (db) => db('invitations').insert({ ...invitation(), email: 'Info@example.com' }));
        const second = database.write('platform', (db) => db('invitations').insert({ ...invitation(), email: 'INFO@EXAMPLE.COM' }));
        expect((await failure(second)) as { constraint?: string }).to.have.property('constraint', 'invitations_one_pending');
      });

      it('has no address with a letter that only Unicode takes for an ASCII one', async () => {
        const invitation = rowsOf(org, user)['invitations']!;
        for (const email of ['\u212aim@example.com', '\u0131nfo@example.com']) {
          const refused = database.write('platform', (db) => db('invitations').insert({ ...invitation(), email }));
          expect((await failure(refused)) as { constraint?: string }).to.have.property('constraint', 'invitations_email');
        }
      });
    });
  }

  it('is compared at a start, which a database that does it in another way refuses', async () => {
    const { url, drop } = await createDatabase();
    await migrate(url);
    await query(
      url,
      'create or replace function tenet.fold_email(address text) returns text language sql immutable strict return lower(address)',
    );
    const database = openDatabase(url, { size: 1, onError: () => undefined });
    const error = await failure(checkEmailFolding(database));
    await database.close();
    await drop();
    expect(error).to.be.instanceOf(SchemaError);
    expect(error.message).to.match(/tenet\.fold_email/);
  });
});
