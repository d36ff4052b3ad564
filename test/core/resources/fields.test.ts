import { expect } from 'chai';
import type { KeptType } from '../../../core/authorization/policy/resource-types.ts';
import { checkData } from '../../../core/resources/field-schema.ts';
import { patchFields } from '../../../core/resources/resource-patch.ts';

const typeOf = (fields: object) => ({ name: 'thing', title: 'Thing', fields }) as unknown as KeptType;

describe('fields of resources', () => {
  it('that are left out are not found in what every object inherits', () => {
    const optional = typeOf({ constructor: { type: 'string', class: 'detail' } });
    checkData(optional, {});
    checkData(optional, { constructor: 'mine' });
    const required = typeOf({ constructor: { type: 'string', class: 'detail', required: true } });
    expect(() => checkData(required, {}))
      .to.throw()
      .with.nested.property('fields.errors')
      .that.deep.equals([{ pointer: '#/data/constructor', detail: 'is required' }]);
  });

  it('that were sealed and are in the clear by now are replaced by a patch, so that no earlier value is kept', () => {
    const type = typeOf({ token: { type: 'string', class: 'detail' } });
    const patched = patchFields(type, { data: {}, data_sealed: { token: 'sealed' } }, { token: 'open' });
    expect(patched).to.deep.include({ data: { token: 'open' }, kept: [] });
  });
});
