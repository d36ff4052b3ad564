import { expect } from 'chai';
import { documentOf } from '../../../core/access-plans/document.ts';
import type { OrganizationFacts } from '../../../core/access-plans/organizations.ts';
import { makePlan } from '../../../core/access-plans/plan.ts';
import { rounds } from '../../helpers/rounds.ts';
import { chanceOf, changedBy, withMore } from './random-data.ts';
import { withData } from './with-data.ts';

/** So many changes of the same data and of what is in force with it; the next ones are of others. */
const each = 20;

/** What a plan could be made without, by a fault in it; and a change that shows it. */
const omissions: Record<string, { leave: (facts: OrganizationFacts) => OrganizationFacts; subjects: RegExp }> = {
  'grants to roles': { leave: (facts) => ({ ...facts, roleGrants: new Map() }), subjects: /\/(org|project)\./ },
  'the owner': { leave: (facts) => ({ ...facts, owner: null }), subjects: /org\.owner$/ },
  'that an organization is suspended, personal or not paid for': {
    leave: (facts) => ({ ...facts, states: [] }),
    subjects: /^state\/(suspended|personal|not-entitled)$/,
  },
  'that a second factor is required': { leave: (facts) => ({ ...facts, requiresMfa: false }), subjects: /mfa-missing/ },
  'people from outside': { leave: (facts) => ({ ...facts, letsExternalsIn: false }), subjects: /external/ },
  'operators who are let in': { leave: (facts) => ({ ...facts, supporters: [] }), subjects: /org\.support$/ },
  'what is switched off': { leave: (facts) => ({ ...facts, switchedOff: [] }), subjects: /member\/self/ },
  'in which projects it is switched off': {
    leave: (facts) => ({ ...facts, switchedOff: facts.switchedOff.map((one) => ({ ...one, projects: null, isException: false })) }),
    subjects: /member\/self/,
  },
  'that restrictions mean something else': { leave: (facts) => ({ ...facts, switchedOff: [] }), subjects: /resource-disabled/ },
  'a project': { leave: (facts) => ({ ...facts, projects: facts.projects.slice(1) }), subjects: /member\/self/ },
};

describe('access plan', function () {
  this.timeout(600_000);

  it('says of every subject, place and permission what a snapshot and stock Casbin say before and after, for many changes by chance (soak)', async () => {
    let decided = 0;
    let effects = 0;
    let gains = 0;
    let changes = 0;
    let switchedOff = 0;
    let byState = 0;
    for (const round of rounds(1, 10)) {
      const first = round * each;
      await withData(1_000 + first, async (database, inForce) => {
        for (let number = first; number < first + each; number++) {
          changes += 1;
          const contents = changedBy(chanceOf(number), inForce);
          const plan = await database.observe('platform', (db) => makePlan(db, contents, { samples: 'everything', seed: number }));
          expect(plan.verification.differences, `change ${number}`).to.deep.equal([]);
          // All subjects were asked about everything, so the sums of the plan are those of the answers.
          const planned = plan.rows.reduce((sum, row) => sum + row.count * row.effect.changes.length, 0);
          expect(planned, `change ${number}`).to.equal(plan.verification.changed);
          decided += plan.verification.decided;
          effects += plan.rows.length;
          gains += planned;
          const all = plan.rows.flatMap(({ effect }) => effect.changes);
          switchedOff += all.filter((change) => change.switchedOff).length;
          byState += all.filter(({ because }) => because.includes('state/resource-disabled')).length;
        }
      });
    }
    if (process.env['TENET_TEST_LOG']) console.log({ decided, effects, gains, switchedOff, byState });
    expect(effects).to.be.above(changes);
    expect(Math.min(switchedOff, byState), 'of what is switched off, and of what that means').to.be.above(10);
  });

  it('is found out when it leaves something out', async () => {
    const left = new Map(Object.entries(omissions));
    // Chance may need some rounds to make data in which each of them counts.
    for (let round = 0; round < 10 && left.size > 0; round++)
      await withData(
        7_000 + round,
        async (database, inForce) => {
          for (const [what, { leave: facts, subjects }] of [...left]) {
            const contents = withMore(inForce, subjects);
            const [right, wrong] = [
              await database.observe('platform', (db) => makePlan(db, contents, { samples: 'everything' })),
              await database.observe('platform', (db) => makePlan(db, contents, { samples: 'everything', facts })),
            ];
            expect(right.verification.differences, what).to.deep.equal([]);
            if (wrong.verification.differences.length > 0) left.delete(what);
          }
        },
        { organizations: 10, users: 8 },
      );
    expect([...left.keys()]).to.deep.equal([]);
  });

  it('is the same bytes for the same data, in whatever parts it is made', async () => {
    await withData(8_000, async (database, inForce) => {
      const contents = changedBy(chanceOf(3), inForce);
      const documents = [];
      for (const batch of [200, 200, 1, 2]) {
        const plan = await database.observe('platform', (db) => makePlan(db, contents, { batch, samples: 0 }));
        expect(plan.rows).not.to.deep.equal([]);
        documents.push(JSON.stringify(documentOf(plan)));
      }
      expect(new Set(documents).size).to.equal(1);
    });
  });

  it('says nothing where the contents are those in force', async () => {
    await withData(8_000, async (database, inForce) => {
      const plan = await database.observe('platform', (db) => makePlan(db, inForce));
      expect(documentOf(plan)).to.deep.include({ targets: [], effects: [], rows: [] });
    });
  });
});
