import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { expect } from 'chai';
import { toId } from '../../../core/base/ids.ts';
import { exportPolicy } from '../../../core/policies/bundle.ts';
import { rounds } from '../../helpers/rounds.ts';
import { chanceOf } from '../access-plans/random-data.ts';
import { withData } from '../access-plans/with-data.ts';
import { askTenet, organizationsOf } from './bundle-questions.ts';

describe('policy bundle', function () {
  this.timeout(600_000);

  it('answers as Tenet does in stock node-casbin, in organizations by chance (soak)', async () => {
    const answers = { allowed: 0, denied: 0 };
    for (const seed of rounds(1, 20)) {
      await withData(
        9_000 + seed,
        async (database) => {
          const chance = chanceOf(seed);
          for (const org of await organizationsOf(database)) {
            const { model, policy } = await database.read('platform', (db) => exportPolicy(db, toId('organization', org)));
            const stock = await newEnforcer(newModelFromString(model), new StringAdapter(policy));
            for (const { asked, allowed, roles } of await askTenet(database, org, chance, 1_000)) {
              expect(stock.enforceSync(...asked), `${seed} ${asked.join(' ')} with ${roles.join(' ')}`).to.equal(allowed);
              answers[allowed ? 'allowed' : 'denied'] += 1;
            }
          }
        },
        { organizations: 8, users: 8 },
      );
    }
    expect(answers.allowed).to.be.above(100);
    expect(answers.denied).to.be.above(500);
  });
});
