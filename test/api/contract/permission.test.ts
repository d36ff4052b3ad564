import { expect } from 'chai';
import { deniedAction, parameterIn, permissionFor } from '../../../api/contract/permission.ts';

describe('a permission whose object the path names', () => {
  const setting = { resource: 'setting:{settingKey}', action: 'update' };

  it('asks about what the path names, whatever it is', () => {
    expect(permissionFor(setting, { settingKey: 'default-router' })).to.deep.equal({
      resource: 'setting:default-router',
      action: 'update',
    });
    expect(permissionFor({ resource: '{resourceType}', action: 'list' }, { resourceType: '$&' }).resource).to.equal('$&');
    expect(permissionFor({ resource: 'member', action: 'list' }, { member: 'x' }).resource).to.equal('member');
  });

  it('is denied under a name that has no word of the caller in it', () => {
    expect(deniedAction(setting)).to.equal('setting.update');
    expect(deniedAction({ resource: '{resourceType}', action: 'create' })).to.equal('resource.create');
    expect(deniedAction({ resource: 'member', action: 'remove' })).to.equal('member.remove');
  });

  it('has a parameter only where the whole object, or all behind its colon, is one', () => {
    expect(parameterIn('{resourceType}')).to.equal('resourceType');
    expect(['member', 'a{b}', '{a}{b}', 'setting:{a}:x', '{}'].map(parameterIn)).to.deep.equal(Array(5).fill(undefined));
  });
});
