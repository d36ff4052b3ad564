import { expect } from 'chai';
import type { ReportForm } from '../../../cli/reports/forms.ts';
import { type Report, type Statement, writeReport } from '../../../cli/reports/report.ts';
import { ruleList } from '../../../core/authorization/policy/rules.ts';

const passed: Statement = {
  suite: 'blueprint.house',
  name: 'a guest opens',
  outcome: 'passed',
  rule: 'test',
  file: 'h/tests.yaml',
  line: 3,
};
const failed: Statement = {
  suite: 'blueprint.house',
  name: 'a <guest> | paints, 100%',
  outcome: 'error',
  rule: 'test',
  message: 'Expected "deny":\nit was & allowed',
  file: 'my policies/tests.yaml',
  line: 7,
};
const warned: Statement = {
  suite: 'policy.csv',
  name: 'write p, a',
  outcome: 'warning',
  rule: 'spacing',
  message: 'write p, a',
  file: 'policy.csv',
  line: 2,
};

function write(form: ReportForm, statements: readonly Statement[] = [passed, failed, warned]): string {
  const lines: string[] = [];
  const report: Report = {
    title: 'tenet policy test',
    version: '1.2.3',
    summary: '1 passed, 1 failed',
    statements,
    value: { a: 1 },
    lines: ['for people'],
  };
  writeReport(form, (line) => lines.push(line), report);
  return lines.join('\n');
}

describe('A report of a review', () => {
  it('is the same data as JSON and YAML, and lines for people', () => {
    expect(JSON.parse(write('json'))).to.deep.equal({ a: 1 });
    expect(write('yaml')).to.equal('a: 1');
    expect(write('table')).to.equal('for people');
  });

  it('is annotations for GitHub, whose text cannot end or extend the command', () => {
    expect(write('github').split('\n')).to.deep.equal([
      '::error file=my policies/tests.yaml,line=7,title=test::Expected "deny":%0Ait was & allowed',
      '::warning file=policy.csv,line=2,title=spacing::write p, a',
      '1 passed, 1 failed',
    ]);
    const [line] = write('github', [{ ...failed, file: 'a,b:c%.csv', message: '100%\r\n::set-output name=x::y' }]).split('\n');
    expect(line).to.equal('::error file=a%2Cb%3Ac%25.csv,line=7,title=test::100%25%0D%0A::set-output name=x::y');
  });

  it('is JUnit with a case for each statement, named for it', () => {
    const xml = write('junit');
    expect(xml).to.match(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="tenet policy test" tests="3" failures="1">/);
    expect(xml).to.contain('<testsuite name="blueprint.house" tests="2" failures="1">');
    expect(xml).to.contain('<testcase classname="blueprint.house" name="a guest opens" file="h/tests.yaml" line="3"/>');
    expect(xml).to.contain('name="a &lt;guest&gt; | paints, 100%"');
    expect(xml).to.contain('<failure message="Expected &quot;deny&quot;:&#10;it was &amp; allowed" type="test">my policies/tests.yaml:7: ');
    expect(xml).to.contain('<system-out>policy.csv:2: write p, a</system-out>');
    expect(write('junit', [{ ...passed, name: 'bell\u0007' }])).to.contain('name="bell\ufffd"');
  });

  it('is SARIF 2.1.0 whose results have a rule with a page and a region', () => {
    const { version, runs } = JSON.parse(write('sarif'));
    expect(version).to.equal('2.1.0');
    const [{ tool, results }] = runs;
    expect(tool.driver).to.include({ name: 'tenet policy test', version: '1.2.3' });
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).to.deep.equal(['spacing', 'test']);
    expect(tool.driver.rules[0].helpUri).to.equal('https://tenet.dev/policy-rules/spacing');
    expect(results).to.have.length(2);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).to.equal(ruleId);
    expect(results[0].locations[0].physicalLocation).to.deep.equal({
      artifactLocation: { uri: 'my%20policies/tests.yaml' },
      region: { startLine: 7 },
    });
    expect(JSON.parse(write('sarif', [passed])).runs[0].results).to.deep.equal([]);
  });

  it('is Markdown in which nothing of a finding is markup', () => {
    const lines = write('markdown').split('\n');
    expect(lines.slice(0, 3)).to.deep.equal(['### `tenet policy test`', '', '1 passed, 1 failed']);
    expect(lines[6]).to.equal(
      '| error | `my?policies/tests.yaml`:7 | a &lt;guest> &#124; paints, 100%<br>Expected "deny": it was &amp; allowed |',
    );
    expect(lines[7]).to.equal('| warning | `policy.csv`:2 | write p, a (spacing) |');
    expect(write('markdown', [passed]).split('\n')).to.have.length(3);
    const [row] = write('markdown', [{ ...failed, name: '[x](y) @all #1 `c`', message: '*m*' }])
      .split('\n')
      .slice(-1);
    expect(row).to.contain('&#91;x&#93;(y) &#64;all &#35;1 &#96;c&#96;<br>&#42;m&#42;');
  });

  it('names files from the folder of the call', () => {
    const statements = [{ ...failed, file: `${process.cwd()}/policies/platform/policy.csv` }];
    expect(write('github', statements)).to.match(/^::error file=policies\/platform\/policy\.csv,/);
    expect(write('sarif', [{ ...failed, file: '/elsewhere/a b.csv' }])).to.contain('"uri": "file:///elsewhere/a%20b.csv"');
  });

  it('knows a page for every rule', () => {
    expect(ruleList.length).to.be.greaterThan(35);
    for (const [id, { says }] of ruleList) expect(`${id}: ${says}`).to.match(/^[a-z-]+: \S.*[^.]$/);
  });
});
