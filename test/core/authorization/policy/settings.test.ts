import { expect } from 'chai';
import { blueprintSchema } from '../../../../core/authorization/policy/blueprint.ts';
import { isWeaker, type SettingDefinition, settingSchema, valueFault } from '../../../../core/authorization/policy/settings.ts';
import { vocabularyOf } from '../../../../core/authorization/policy/vocabulary.ts';
import { lintPolicies } from '../../../../core/authorization/review/lint.ts';
import { content, house, vocabulary } from '../contents.ts';

const setting = (said: object): SettingDefinition =>
  settingSchema.parse({ key: 'light', title: 'Light', type: 'boolean', scope: 'org', ...said });

/** Where a blueprint with these settings is refused: `member: message`. */
function refusals(...settings: object[]): string[] {
  const said = settings.map((one) => ({ key: 'light', title: 'Light', type: 'boolean', scope: 'org', ...one }));
  const { error } = blueprintSchema.safeParse({ ...house, settings: said });
  return (error?.issues ?? []).map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
}

describe('the settings of a blueprint', () => {
  it('are each an object of rows, asked where the setting is read and changed', () => {
    const settings = [
      setting({}),
      setting({ key: 'shade', overridableAt: 'project', mode: 'snapshot' }),
      setting({ key: 'mail', scope: 'member' }),
      setting({ key: 'wall', scope: 'project' }),
    ];
    const { resources } = vocabularyOf(vocabulary, { ...house, settings });
    expect(resources['setting:light']!.actions).to.deep.equal({ read: ['org'], update: ['org'] });
    const both = ['org', 'project'];
    expect(resources['setting:shade']!.actions).to.deep.equal({ read: both, update: both, 'apply-to-existing': ['org'] });
    expect(resources['setting:mail']!.actions).to.deep.equal({ read: ['org'], update: ['org'] });
    expect(resources['setting:wall']!.actions).to.deep.equal({ read: ['project'], update: ['project'] });
  });

  it('are absent from revisions of before', () => {
    expect(blueprintSchema.parse(house).settings).to.equal(undefined);
  });

  const refused: [string, object[], string[]][] = [
    ['the same key twice', [{}, {}], ['key: light is listed twice']],
    ['an enum without values', [{ type: 'enum' }], ['values: must be there: an enum has values']],
    ['a value twice', [{ type: 'enum', values: ['on', 'on'] }], ['values: must have each value once']],
    ['a default of another type', [{ default: 'yes' }], ['default: must be true or false']],
    ['a default out of bounds', [{ type: 'integer', max: 3, default: 4 }], ['default: must be a whole number, at most 3']],
    ['bounds the wrong way round', [{ type: 'duration', min: 'P2D', max: 'PT1H' }], ['max: must not be less than min']],
    ['a bound of another type', [{ type: 'duration', min: 5 }], ['min: must be a duration of one unit, such as PT12H or P30D']],
    ['a bound of what has none', [{ min: 1 }], ['min: must be left out of a setting of the type boolean']],
    ['a resource without a type', [{ type: 'resource' }], ['resourceType: must be there: a resource has a type']],
    [
      'a resource of a type that is not there',
      [{ type: 'resource', resourceType: 'sun' }],
      ['resourceType: must be a resource type of this file, and sun is none'],
    ],
    ['a copy where no project has a value', [{ mode: 'snapshot' }], ['mode: must be live where no project has its own value']],
    [
      'a setting of members that projects have too',
      [{ scope: 'member', overridableAt: 'project' }],
      ['overridableAt: must be left out where the scope is not org'],
    ],
    ['a mail to nobody', [{ notice: 'key-end' }], ['notice: must be left out where the scope is not member']],
    ['to tighten without an order', [{ direction: 'tighten' }], ['stricter: must be there with direction tighten, and only there']],
    [
      'to tighten what has no order',
      [{ type: 'string', direction: 'tighten', stricter: 'lower' }],
      ['direction: must be free: no string is stricter than another one'],
    ],
  ];
  for (const [what, said, expected] of refused) {
    it(`may not say ${what}`, () => {
      expect(refusals(...said)).to.deep.equal(expected);
    });
  }

  it('take the values of their type, within their bounds', () => {
    const wrong = (said: object, ...values: (boolean | number | string)[]) =>
      values.filter((value) => valueFault(setting(said), value) !== undefined);
    expect(wrong({}, true, false, 1, 'true')).to.deep.equal([1, 'true']);
    expect(wrong({ type: 'integer', min: 1, max: 3 }, 0, 1, 3, 4, 1.5, '2', 2 ** 60)).to.deep.equal([0, 4, 1.5, '2', 2 ** 60]);
    expect(wrong({ type: 'string', maxLength: 2 }, '', 'ab', 'abc', '😀😀')).to.deep.equal(['abc']);
    expect(wrong({ type: 'enum', values: ['low', 'high'] }, 'low', 'Low', 'constructor')).to.deep.equal(['Low', 'constructor']);
    const stop = { type: 'duration', min: 'PT15M', max: 'P30D' };
    expect(wrong(stop, 'PT15M', 'P30D', 'PT1440M', 'PT14M', 'P31D', 'P1DT1H', 'PT', '15', 'pt15m')).to.deep.equal([
      ...['PT14M', 'P31D', 'P1DT1H', 'PT', '15', 'pt15m'],
    ]);
    const lamp = { type: 'resource', resourceType: 'lamp', values: ['managed'] };
    expect(wrong(lamp, 'managed', 'lamp_01h455vb4pex5vsknk084sn02q', 'other', 'lamp_1', '')).to.deep.equal(['other', 'lamp_1', '']);
  });

  it('that tighten know which of two values is the weaker one', () => {
    const order = (said: object, one: boolean | number | string, other: boolean | number | string) =>
      [isWeaker(setting(said), one, other), isWeaker(setting(said), other, one), isWeaker(setting(said), one, one)].join();
    const higher = { direction: 'tighten', stricter: 'higher' };
    expect(order(higher, false, true)).to.equal('true,false,false');
    expect(order({ ...higher, type: 'enum', values: ['low', 'high'] }, 'low', 'high')).to.equal('true,false,false');
    expect(order({ type: 'duration', direction: 'tighten', stricter: 'lower' }, 'P1D', 'PT23H')).to.equal('true,false,false');
    expect(order({ type: 'integer' }, 1, 2)).to.equal('false,false,false');
  });

  const lint = (...rows: string[]) => {
    const settings = [setting({}), setting({ key: 'mail', scope: 'member' })];
    const contents = [
      content('platform', ['member/self, org, door, open, allow'], {
        vocabulary: { ...vocabulary, roles: { ...vocabulary.roles, 'platform/controller': 'What a manifest says' } },
      }),
      content('blueprint/house', rows, { blueprint: { ...house, settings } }),
    ];
    return lintPolicies(contents)
      .filter(({ rule, message }) => rule !== 'idle-name' && (rule !== 'orphan-permission' || message.startsWith('setting:')))
      .map(({ rule, message, line, path }) => `${line ?? path?.join('.')}: ${rule} ${message}`);
  };

  it('are opened to members where members have them, and to manifests, by rows of the blueprint', () => {
    const rows = ['light', 'mail'].flatMap((key) => ['read', 'update'].map((action) => `org, setting:${key}, ${action}, allow`));
    const whose = ['platform/controller', 'platform/controller', 'member/self', 'member/self'];
    expect(lint(...rows.map((row, index) => `${whose[index]}, ${row}`))).to.deep.equal([]);
  });

  it('are found by the lint where a row names them wrongly, and where no row does', () => {
    const found = lint(
      'member/self, org, setting:light, read, allow',
      'house/org.guest, org, setting:lihgt, read, allow',
      'house/org.guest, project, setting:light, update, allow',
      'house/org.guest, org, setting:mail, apply-to-existing, allow',
    );
    expect(found.map((line) => line.split(' ').slice(0, 3).join(' '))).to.include.members([
      '1: subject-prefix member/self',
      '2: unknown-resource setting:lihgt',
      '3: unknown-action setting:light:update',
      '4: unknown-action setting:mail',
    ]);
    expect(lint('house/org.guest, org, setting:light, read, allow')).to.deep.equal([
      'settings.0: orphan-permission setting:light:update is granted to no role',
      'settings.1: orphan-permission setting:mail:read is granted to no role',
      'settings.1: orphan-permission setting:mail:update is granted to no role',
    ]);
  });
});
