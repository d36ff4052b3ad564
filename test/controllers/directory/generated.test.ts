import { expect } from 'chai';
import fc from 'fast-check';
import { createJudge } from '../../../controllers/directory/validate.ts';
import { foldEmail, isEmailAddress } from '../../../core/base/email-address.ts';
import { parseInstant } from '../../../core/base/instants.ts';
import { isName } from '../../../core/base/text.ts';
import { addressTexts, nameTexts, rounds, timeTexts } from '../../helpers/generators.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { installTenet, type Operator, operatorOn } from '../reconcilers/operator.ts';
import { directoryTests, organization } from './directory.ts';

/** What a manifest may say in fields that the contract has as well. */
interface Values {
  readonly email: string;
  readonly until: string;
  readonly displayName: string;
}

// A lone surrogate cannot be written into a file or sent to a server.
const wellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);
const goodTimes = timeTexts.filter((text) => parseInstant(text) !== undefined);
const goodAddresses = addressTexts.filter(isEmailAddress).map(foldEmail);
const goodNames = nameTexts.filter(isName);
/** Mostly one value of three is odd: else nearly all would be refused for some reason. */
const values: fc.Arbitrary<Values> = fc.oneof(
  fc.record({ email: goodAddresses, until: goodTimes, displayName: goodNames }),
  fc.record({ email: addressTexts.filter(wellFormed), until: goodTimes, displayName: goodNames }),
  fc.record({ email: goodAddresses, until: timeTexts.filter(wellFormed), displayName: goodNames }),
  fc.record({ email: goodAddresses, until: goodTimes, displayName: nameTexts.filter(wellFormed) }),
);
const batches = (count: number) => fc.array(values, { minLength: count, maxLength: count });

const isGood = ({ email, until, displayName }: Values): boolean =>
  isEmailAddress(email) && email === foldEmail(email) && parseInstant(until) !== undefined && isName(displayName);
const manifest = (name: string, { email, until, displayName }: Values): object =>
  organization(name, { displayName, members: [{ email, roles: ['org.member'], until }] });
const fields = /^spec\.(displayName|members\[0\]\.(email|until))/;

/** Of an organization that was made from these values: all that shows them. */
async function expectShown(tenet: Operator['tenet'], id: string, { email, until, displayName }: Values, subject: string): Promise<void> {
  const guest = await tenet.as(email, { subject });
  const { data, error } = await guest.client.GET('/v1/me/invitations', { params: { query: { pageSize: 200 } } });
  expect(error, JSON.stringify(error)).to.equal(undefined);
  const end = parseInstant(until)!;
  const offer = data!.items.find(({ organizationId }) => organizationId === id);
  if (end.getTime() <= Date.now()) return expect(offer).to.equal(undefined) as never;
  expect(offer).to.deep.include({ email, organizationName: displayName, until: end.toISOString() });
  const { response } = await guest.client.POST('/v1/me/invitations/{invitationId}/accept', {
    params: { path: { invitationId: offer!.id } },
  });
  expect(response.status).to.equal(200);
  for (const path of ['members', 'grants']) {
    const listed = await guest.raw(`/v1/organizations/${id}/${path}`);
    // What a member may not read is refused; nothing is a fault.
    expect(listed.status, `${path}: ${await listed.text()}`).to.be.oneOf([200, 403]);
  }
}

describe('generated values in a manifest', () => {
  describe('of a directory', () => {
    const tests = directoryTests();
    const judge = createJudge();

    it('are refused by the name of their field, or accepted', () =>
      fc.assert(
        fc.property(values, (given) => {
          const judged = judge.judge(manifest('generated', given));
          expect(judged.outcome, JSON.stringify(given)).to.equal(isGood(given) ? 'accepted' : 'refused');
          if (judged.outcome === 'refused') for (const { text } of judged.faults) expect(text).to.match(fields);
        }),
        rounds(500),
      ));

    it('that are accepted are applied, shown and accepted by the person', () =>
      fc.assert(
        fc.asyncProperty(batches(15), async (batch) => {
          const good = batch.filter(isGood);
          const { start, write, isReady, stop } = tests;
          good.forEach((given, index) => {
            write(`${index}.json`, JSON.stringify(manifest(`generated-${index}`, given)));
          });
          const controllers = await start();
          for (const [index, given] of good.entries()) {
            const { status } = await isReady(`Organization.generated-${index}`);
            await expectShown(tests.tenet, status.id!, given, `generated-${index}`);
          }
          await stop(controllers);
        }),
        { ...rounds(1), numRuns: 1 },
      )).timeout(120_000);
  });

  describe('of a cluster', () => {
    let kube: Kube;
    let operator: Operator;
    before(async function () {
      needsKube(this);
      kube = await sharedKube();
      await installTenet(kube);
      operator = await operatorOn(kube);
      await operator.start();
    });
    after(async function () {
      this.timeout(60_000);
      await operator?.end();
    });

    it('are refused by the server or applied, shown and accepted by the person', () =>
      fc.assert(
        fc.asyncProperty(batches(30), async (batch) => {
          const named = batch.map((given, index) => ({ name: `generated-${index}`, given }));
          // One by one in one call: the server says of each document what is wrong with it.
          const said = await kube.apply(...named.map(({ name, given }) => manifest(name, given))).catch(String);
          for (const { name, given } of named) {
            const refused = said.includes(`"${name}" is invalid`);
            expect(refused, `${JSON.stringify(given)}: ${said}`).to.equal(!isGood(given));
            if (refused) continue;
            const { status } = await operator.isReady(`organizations/${name}`, 30_000);
            await expectShown(operator.tenet, status!.id!, given, name);
          }
        }),
        { ...rounds(1), numRuns: 1 },
      )).timeout(180_000);
  });
});
