import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { acceptancePage } from '../../cli/acceptance-page.ts';

/** A checkout with these statements, one test file and the cases of one policy. */
function checkout(title: string): URL {
  const root = mkdtempSync(join(tmpdir(), 'tenet-acceptance-'));
  for (const folder of ['test/acceptance', 'test/api', 'policies/platform']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, 'test/acceptance/statements.yaml'),
    "teams:\n  S001-01: { kind: E, says: 'a | b' }\n  S001-02: { kind: E, says: two }\n  S001-03: { kind: E, later: true, says: three }\n  S001-04: { kind: X, says: four }\n",
  );
  writeFileSync(join(root, 'test/api/one.test.ts'), `it('${title}', () => {});\n// ${'S001'}-03 in a comment proves nothing\n`);
  writeFileSync(join(root, 'policies/platform/tests.yaml'), 'cases:\n  - name: nobody is named here\n');
  return pathToFileURL(`${root}/`);
}

describe('the page of what must hold', () => {
  it('names for each statement the files whose titles name it, or says that it is open', async () => {
    const page = await acceptancePage(checkout(`${'S001'}-01: holds`));
    expect(page).to.contain(
      '4 statements: 1 proved by a test that names them, 1 open, 1 about parts that come later, 1 about wording alone.',
    );
    expect(page).to.contain('| S001-01 | a \\| b | proved | [api/one.test.ts](../test/api/one.test.ts) |');
    expect(page).to.contain('| S001-02 | two | open |  |');
  });

  it('takes several numbers behind one prefix', async () => {
    expect(await acceptancePage(checkout(`${'S001'}-01, -02 and -03: hold`))).to.contain('4 statements: 3 proved');
  });

  it('does not let a test name a statement that does not exist', async () => {
    const error = await acceptancePage(checkout(`${'S001'}-99: holds`)).catch((problem: Error) => problem);
    expect(error).to.be.instanceOf(Error).with.property('message').that.contains('S001-99');
  });
});
