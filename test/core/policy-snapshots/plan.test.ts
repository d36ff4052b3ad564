import { join } from 'node:path';
import { expect } from 'chai';
import { documentOf, type PlanDocument } from '../../../core/access-plans/document.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import { rounds } from '../../helpers/rounds.ts';
import { chanceOf, changedBy } from '../access-plans/random-data.ts';
import { withData } from '../access-plans/with-data.ts';
import { pseudonyms, withDirectory, withLoaded, withNearTimes, withOffers, writeTo } from './as-snapshot.ts';

/** Changes of the same data; the next ones are of others. */
const each = 10;

/** A plan in an order that the ids have no say in. What hangs on their order alone is left out: the digest, the sums of hashes, what is decided again. */
function comparable({ digest: _, verification: __, effects, rows, rails, stranded, ...document }: PlanDocument): object {
  const sorted = <T>(list: readonly T[]): T[] => list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const named = effects.map(({ effect: number, roles, changes, ...effect }) => {
    const text = {
      ...effect,
      roles: sorted(roles),
      changes: changes.map(({ because, ...change }) => ({ ...change, because: sorted(because) })),
    };
    return { number, text };
  });
  const texts = new Map(named.map(({ number, text }) => [number, text]));
  return {
    ...document,
    stranded: stranded.map(({ examples, ...about }) => ({ ...about, examples: sorted(examples) })),
    effects: sorted([...texts.values()]),
    // A snapshot does not have what is switched off of single resources.
    rails: rails
      .filter(({ id }) => id !== 'single-resources')
      .map(({ detail, ...rail }) => ({ ...rail, detail: detail.split(/[ ,]+/).toSorted().join(' ') })),
    rows: sorted(
      rows.map(({ effect, subjects, fold: _fold, ...row }) => ({
        ...row,
        effect: texts.get(effect),
        subjects:
          subjects && sorted(subjects.map(({ id, exceptProjects }) => ({ id, exceptProjects: exceptProjects && sorted(exceptProjects) }))),
      })),
    ),
  };
}

describe('access plan of a snapshot', function () {
  this.timeout(600_000);

  it('is that of the database but for the pseudonyms, for many changes by chance (soak)', async () => {
    let changes = 0;
    let effects = 0;
    for (const round of rounds(1, 20)) {
      await withDirectory(async (directory) => {
        await withData(21_000 + round, async (live, inForce, url) => {
          await withOffers(url);
          await withNearTimes(url);
          const file = join(directory, 'snapshot.gz');
          await writeTo(file, live);
          await withLoaded(file, async (loaded) => {
            for (let number = round * each; number < (round + 1) * each; number++) {
              const contents = changedBy(chanceOf(number), inForce);
              const [real, planned] = await Promise.all(
                [live, loaded].map((database) => database.observe('platform', (db) => makePlan(db, contents, { samples: 'everything' }))),
              );
              expect(planned!.verification.differences, `change ${number}`).to.deep.equal([]);
              expect(planned!.verification.changed, `change ${number}`).to.equal(real!.verification.changed);
              const mapped = JSON.parse(pseudonyms.text(JSON.stringify(documentOf(real!)))) as PlanDocument;
              expect(comparable(documentOf(planned!)), `change ${number}`).to.deep.equal(comparable(mapped));
              changes += 1;
              effects += real!.rows.length;
            }
          });
        });
      });
    }
    expect(effects).to.be.above(changes);
  });
});
