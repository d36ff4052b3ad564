import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyContent, Row } from '../../../../core/authorization/policy/content.ts';
import { type Finding, lintPolicies } from '../../../../core/authorization/review/lint.ts';
import { runs } from '../../../helpers/rounds.ts';
import { answers, content, smallPolicies } from '../small-policies.ts';

const needless = ['duplicate-rule', 'dead-allow', 'shadowed-allow', 'shadowed-deny', 'redundant-deny'];

function without(rows: readonly Row[], removed: ReadonlySet<number>): PolicyContent[] {
  return [
    content('platform'),
    content(
      'blueprint/house',
      rows.filter((_row, index) => !removed.has(index)),
    ),
  ];
}

function found(rows: readonly Row[]): Map<number, Finding['rule']> {
  const findings = lintPolicies(without(rows, new Set())).filter(({ rule }) => needless.includes(rule));
  return new Map(findings.map(({ line, rule }) => [line! - 1, rule]));
}

describe('Rows without an effect', () => {
  it('are exactly those that lint finds, as brute force through stock Casbin says (soak)', function () {
    this.timeout(600_000);
    fc.assert(
      fc.property(smallPolicies, (rows) => {
        const findings = found(rows);
        const before = answers(without(rows, new Set()));
        expect(answers(without(rows, new Set(findings.keys()))), 'without the rows that are found').to.equal(before);
        for (const [index, row] of rows.entries()) {
          if (findings.has(index)) continue;
          // A deny may be needed only because of an allow that is found, so those stay while it is looked at.
          const gone = [...findings.keys()].filter((other) => rows[other]![4] === row[4]);
          expect(answers(without(rows, new Set([...gone, index]))), `without row ${index + 1}, which is not found`).to.not.equal(before);
        }
      }),
      runs(300, 5_000),
    );
  });

  it('that an allow of the same role always loses to are called dead, and no others', () => {
    fc.assert(
      fc.property(smallPolicies, (rows) => {
        for (const [index, rule] of found(rows)) {
          if (rows[index]![4] !== 'allow' || rule === 'duplicate-rule') continue;
          const alone = rows.filter((row, other) => row[0] === rows[index]![0] && (other === index || row[4] === 'deny'));
          const isDead = !answers(without(alone, new Set())).includes('1');
          expect(isDead, `row ${index + 1}: ${rule}`).to.equal(rule === 'dead-allow');
        }
      }),
      runs(300, 2_000),
    );
  });
});
