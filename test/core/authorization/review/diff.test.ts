import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyContent, Row } from '../../../../core/authorization/policy/content.ts';
import { diffPolicies } from '../../../../core/authorization/review/diff.ts';
import { readPolicies } from '../../../../core/authorization/review/files.ts';
import { runs } from '../../../helpers/rounds.ts';
import { policyDirectory } from '../contents.ts';
import { answers, content, smallPolicies, smallVocabulary } from '../small-policies.ts';

const policy = (rows: readonly Row[]): PolicyContent[] => [content('platform'), content('blueprint/house', rows)];

/** How the answers of a policy went up and down, by brute force. */
function relationOf(before: string, after: string): string {
  const up = [...before].some((answer, index) => answer < after[index]!);
  const down = [...before].some((answer, index) => answer > after[index]!);
  if (up) return down ? 'incomparable' : 'more';
  return down ? 'less' : 'equivalent';
}

describe('The difference of two policies', () => {
  it('is none exactly where brute force through stock Casbin finds no other answer (soak)', function () {
    this.timeout(600_000);
    fc.assert(
      fc.property(smallPolicies, smallPolicies, (one, other) => {
        const [, house] = diffPolicies(policy(one), policy(other));
        expect(house!.relation === 'equivalent').to.equal(answers(policy(one)) === answers(policy(other)));
      }),
      runs(300, 5_000),
    );
  });

  it('says of each role whether it gives more, less, both or the same, as brute force does (soak)', function () {
    this.timeout(600_000);
    fc.assert(
      fc.property(smallPolicies, smallPolicies, fc.constantFrom(...smallVocabulary.subjects), (one, other, role) => {
        const changed = [...one.filter(([subject]) => subject !== role), ...other.filter(([subject]) => subject === role)];
        const [, house] = diffPolicies(policy(one), policy(changed));
        const expected = relationOf(answers(policy(one), role), answers(policy(changed), role));
        expect(house!.roles.map((each) => [each.role, each.relation])).to.deep.equal(expected === 'equivalent' ? [] : [[role, expected]]);
      }),
      runs(300, 5_000),
    );
  });

  it('is none between a policy and the same rows in another order, wider rows written out, and other places', async () => {
    const shipped = await readPolicies(policyDirectory);
    const written = shipped.map((each) => ({
      ...each,
      rows: [...each.rows].reverse(),
      sources: each.sources.map(({ file }) => ({ file: `other/${file}`, line: 1 })),
    }));
    expect(diffPolicies(shipped, written).every(({ relation }) => relation === 'equivalent')).to.equal(true);
    const guest = 'house/org.guest';
    const wide: Row[] = [[guest, '*', 'lamp', '*', 'allow']];
    const narrow: Row[] = [
      [guest, 'org', 'lamp', 'dim', 'allow'],
      [guest, 'project', 'lamp', 'switch', 'allow'],
      [guest, 'org', 'lamp', 'switch', 'allow'],
    ];
    expect(diffPolicies(policy(wide), policy(narrow))[1]!.relation).to.equal('equivalent');
  });

  it('names the permission, the level and the row on both sides, and what the definition says otherwise', () => {
    const row: Row = ['house/org.guest', 'org', 'lamp', 'dim', 'allow'];
    const [, gained] = diffPolicies(policy([]), policy([row]));
    expect(gained).to.deep.equal({
      scope: 'blueprint.house',
      relation: 'more',
      roles: [
        {
          role: 'house/org.guest',
          relation: 'more',
          changes: [
            {
              permission: 'lamp:dim',
              level: 'org',
              kind: 'gain',
              before: { says: 'nothing' },
              after: { says: 'allow', row, source: { file: 'blueprint/house.csv', line: 1 } },
            },
          ],
        },
      ],
      definition: [],
    });
    const [platform, house] = policy([]);
    const renamed = { ...house!, blueprint: { ...house!.blueprint!, owner: 'exactly-one' as const } };
    expect(diffPolicies([platform!, house!], [platform!, renamed])[1])
      .to.include({ relation: 'equivalent' })
      .and.deep.include({ definition: ['owner'] });
  });

  it('shows a kind of organization that only one of them has, with all that its roles give', () => {
    const [platform, house] = policy([['house/org.guest', 'org', 'lamp', 'dim', 'allow']]);
    expect(diffPolicies([platform!], [platform!, house!]).find(({ only }) => only === 'after')).to.include({
      scope: 'blueprint.house',
      relation: 'more',
    });
    expect(diffPolicies([platform!, house!], [platform!]).find(({ only }) => only === 'before')).to.include({ relation: 'less' });
  });
});
