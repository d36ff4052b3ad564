import { expect } from 'chai';
import { blueprintSchema } from '../../../../core/authorization/policy/blueprint.ts';
import { house } from '../contents.ts';

/** Where a blueprint with these meters is refused: `place: message`. */
function refusals(...meters: object[]): string[] {
  const said = meters.map((one) => ({ name: 'tokens', title: 'Tokens', unit: 'token', dimensions: [], ...one }));
  const { error } = blueprintSchema.safeParse({ ...house, meters: said });
  return (error?.issues ?? []).map(({ path, message }) => `${path.slice(1).join('.')}: ${message}`);
}

describe('the meters of a blueprint', () => {
  it('are told apart by projects, members, keys and resource types of the blueprint', () => {
    const type = house.resourceTypes[0]!.name;
    expect(
      refusals({ dimensions: ['member', 'api-key', `resource:${type}`], currency: 'EUR', price: { amount: '0.002', per: 1_000 } }),
    ).to.deep.equal([]);
    expect(refusals({ dimensions: ['resource:nothing'] })).to.deep.equal([
      '0.dimensions.0: must name a resource type of this file, and nothing is none',
    ]);
    expect(refusals({ dimensions: ['colour'] })).to.deep.equal(['0.dimensions.0: must be project, member, api-key or resource:<type>']);
    expect(refusals({ dimensions: ['member', 'member'] })).to.deep.equal(['0.dimensions.1: member is listed twice']);
  });

  it('are named once, and have a price in a currency alone', () => {
    expect(refusals({}, {})).to.deep.equal(['1: tokens is listed twice']);
    expect(refusals({ price: { amount: '1' } })).to.deep.equal(['0.currency: must be there where there is a price']);
    expect(refusals({ currency: 'EUR', price: { amount: '1e3' } })).to.deep.equal([
      '0.price.amount: must be a decimal number in quotes, such as "0.002"',
    ]);
  });
});
