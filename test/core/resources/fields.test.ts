import { expect } from 'chai';
import type { KeptType } from '../../../core/authorization/policy/resource-types.ts';
import { checkData } from '../../../core/resources/field-schema.ts';
import { patchFields } from '../../../core/resources/resource-patch.ts';

const typeOf = (fields: object) => ({ name: 'thing', title: 'Thing', fields }) as unknown as KeptType;

describe('fields of resources', () => {
  it('that are required are missing when an object only inherits a property of their name', () => {
    const type = typeOf({ constructor: { type: 'string', class: 'detail', required: true } });
    expect(() => checkData(type, {})).to.throw('does not fit');
    checkData(type, { constructor: 'mine' });
  });

  it('that were sealed and are in the clear by now are replaced by a patch, so that no earlier value is kept', () => {
    const type = typeOf({ token: { type: 'string', class: 'detail' } });
    const patched = patchFields(type, { data: {}, data_sealed: { token: 'sealed' } }, { token: 'open' });
    expect(patched).to.deep.include({ data: { token: 'open' }, kept: [] });
  });
});
