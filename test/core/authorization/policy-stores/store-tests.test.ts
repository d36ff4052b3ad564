import { expect } from 'chai';
import { formatFinding, PolicyError } from '../../../../core/authorization/policy/findings.ts';
import { storeModel } from '../../../../core/authorization/policy-stores/model.ts';
import { checkStoreContents } from '../../../../core/authorization/policy-stores/store.ts';
import { failuresOf, runStoreTests } from '../../../../core/authorization/policy-stores/store-tests.ts';

const policy = `p, role:writer, record:*, write, r.res.locked != true, allow
p, *, record:*, read, has r.sub.badge, allow
p, *, record:*, *, r.res.secret == true, deny
g, user:ann, role:writer
`;
const run = (tests: string, rows = policy) => runStoreTests({ model: storeModel, policy: rows, tests });

describe('The tests of a store', () => {
  it('pass or fail with their line, what came instead, and the row that decided', () => {
    const report = run(`entities:
  - { type: record, id: "1", properties: { secret: true, locked: false } }
  - { type: record, id: "2", properties: { locked: false } }
cases:
  - name: a writer writes
    subject: user:ann
    action: write
    resource: record:2
    expect: allow
  - name: and what is secret
    subject: user:ann
    action: write
    resource: record:1
    expect: allow
  - name: a visitor
    subject: user:bo
    resource: record:2
    expect: { read: allow, write: deny }
    entities:
      - { type: user, id: bo, properties: { badge: null } }
  - name: a badge from nowhere
    subject: user:bo
    action: read
    resource: record:2
    expect: allow
searches:
  - { name: what Ann may write, subject: "user:ann", action: write, resources: record, expect: ["1"] }
`);
    expect(failuresOf(report).map(formatFinding)).to.deep.equal([
      'tests.yaml:10: error: and what is secret: expected allow, but write on record:1 is denied to user:ann by line 3 of policy.csv (test)',
      'tests.yaml:21: error: a badge from nowhere: expected allow, but read on record:2 is denied to user:bo because no row allows it (test)',
      'tests.yaml:27: error: what Ann may write: it does not find 1, and it finds 2 too (test)',
    ]);
    expect(report.results.map(({ name, passed }) => `${name} ${passed}`)).to.include.members([
      'a writer writes true',
      'a visitor: read true',
      'a visitor: write true',
    ]);
    expect(report.coverage).to.deep.equal({ rows: 3, untested: [] });
  });

  it('leave a row untested whose effect no case expects', () => {
    const { coverage } = run('cases:\n  - { name: a, subject: "user:ann", action: write, resource: "record:1", expect: deny }');
    expect(coverage).to.deep.equal({ rows: 3, untested: [1, 2, 3] });
    expect(run('').coverage.untested).to.deep.equal([1, 2, 3]);
  });

  it('ask with properties of the action and a context', () => {
    const rows = 'p, *, record:*, print, r.act.colour == false && r.ctx.hour < 18, allow';
    const report = run(
      `cases:
  - { name: grey, subject: "user:a", action: { name: print, properties: { colour: false } }, resource: "record:1", context: { hour: 9 }, expect: allow }
  - { name: late, subject: "user:a", action: { name: print, properties: { colour: false } }, resource: "record:1", context: { hour: 19 }, expect: deny }
`,
      rows,
    );
    expect(failuresOf(report)).to.deep.equal([]);
    expect(report.results).to.have.length(2);
  });

  it('are refused with their line where they are none, and where they would ask too much', () => {
    const tests = 'cases:\n  - name: a\n    subject: ann\n    action: read\n    resource: record:1\n    expect: perhaps\n    also: 1\n';
    expect(failuresOf(run(tests)).length).to.be.greaterThan(0);
    expect(
      checkStoreContents({ model: storeModel, policy, tests }).every(({ file, level }) => file === 'tests.yaml' && level === 'error'),
    ).to.equal(true);
    const rows = Array.from({ length: 5_000 }, (_, index) => `p, user:u${index}, doc:*, read, true, allow`).join('\n');
    const many = Array.from(
      { length: 201 },
      (_, index) => `  - { name: c${index}, subject: "user:a", action: read, resource: "doc:1", expect: deny }`,
    );
    expect(failuresOf(run(`cases:\n${many.join('\n')}`, rows)).map(formatFinding)).to.deep.equal([
      'tests.yaml:1: error: 201 questions to 5000 rows are more than are accepted: together at most 1000000 (too-much-work)',
    ]);
  });

  it('are not run for a policy that has errors', () => {
    expect(() => run('', 'p, nobody')).to.throw(PolicyError, 'p has 5 fields here');
  });
});
