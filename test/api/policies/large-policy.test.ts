import { expect } from 'chai';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import { PolicyError } from '../../../core/authorization/policy/findings.ts';
import { createChecker, uncheckedRule } from '../../../core/authorization/review/checker.ts';
import { insertRevision, moveHead } from '../../../core/authorization/store/revisions.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { shippedPolicies } from '../../helpers/policies.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const scope = 'blueprint/integrations';

/** The kind of organization as it is shipped, with as many rows as one may have. */
function enlarge(content: PolicyContent): PolicyContent {
  const blueprint = content.blueprint!;
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const roles = numbers(30).map((index) => ({ ...blueprint.roles[0]!, id: `org.reader${index}`, title: `Reader ${index}` }));
  const actions = Object.fromEntries(numbers(10).map((index) => [`act${index}`, ['org' as const]]));
  const types = numbers(20).map((index) => ({ name: `thing${index}`, title: `Thing ${index}`, actions }));
  const added = types.flatMap(({ name }) =>
    Object.keys(actions).flatMap((action) => roles.map(({ id }): Row => [`integrations/${id}`, 'org', name, action, 'allow'])),
  );
  const rows = [...content.rows, ...added].slice(0, 5_000);
  const { tests, ...rest } = content;
  return {
    ...rest,
    rows,
    sources: rows.map((_, index) => ({ file: 'blueprints/integrations/policy.csv', line: index + 1 })),
    blueprint: { ...blueprint, roles: [...blueprint.roles, ...roles], resourceTypes: [...blueprint.resourceTypes, ...types] },
  };
}

describe('the largest policy', () => {
  let tenet: TestTenet;
  let platform: PolicyContent;
  let large: PolicyContent;
  before(async () => {
    const contents = await shippedPolicies();
    platform = contents.find((content) => content.scope === 'platform')!;
    large = enlarge(contents.find((content) => content.scope === scope)!);
    tenet = await startTenet();
  });
  after(() => tenet?.stop());

  it('is checked beside the event loop when it has come into force: others are answered meanwhile', async () => {
    const owner = await tenet.as('owner@example.com');
    const organizationId = await foundOrganization(owner);
    await tenet.database.write('platform', async (db) => {
      const { revision } = await insertRevision(db, large, { author: 'test', reason: 'large' });
      await moveHead(db, scope, { revision, how: 'PROPOSAL', by: 'test' });
    });
    let isAnswered = false;
    const asked = owner.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId } } }).finally(() => {
      isAnswered = true;
    });
    let others = 0;
    for (; !isAnswered; others++) expect((await fetch(`${tenet.url}/livez`)).status).to.equal(200);
    expect((await asked).response.status).to.equal(200);
    // The policy is in force, and not one that stands in for it.
    expect(await tenet.policies.refusals()).to.deep.equal([]);
    // On the event loop the check would let one or two through before it, and one behind it.
    expect(others).to.be.above(10);
  });

  it('that takes more than the thread may is refused, with what was exceeded', async () => {
    const checker = createChecker({ milliseconds: 1, megabytes: 256, waiting: 1 });
    try {
      const refused = (await failure(Promise.resolve(checker.check([platform, large], { isFirst: true })))) as PolicyError;
      expect(refused).to.be.instanceOf(PolicyError);
      expect(refused.findings[0]).to.include({ rule: uncheckedRule });
      expect(refused.message).to.include('the limit of time is reached');
    } finally {
      await checker.stop();
    }
  });
});
