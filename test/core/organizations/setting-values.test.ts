import { expect } from 'chai';
import { settingSchema } from '../../../core/authorization/policy/settings.ts';
import { mayOverride, resolveSetting, type SettingRow } from '../../../core/organizations/setting-values.ts';

describe('which value of a setting counts', () => {
  const setting = settingSchema.parse({
    ...{ key: 'idle', title: 'Idle', type: 'integer', scope: 'org', overridableAt: 'project', default: 5, max: 10 },
  });
  const row = (said: Partial<SettingRow>): SettingRow => ({
    ...{ org_id: 'org', key: 'idle', project_id: null, user_id: null, value: 7, is_locked: false, is_copy: false, is_managed: false },
    ...{ set_by: 'somebody', set_at: new Date(0) },
    ...said,
  });
  const ofProject = row({ project_id: 'project', value: 3 });
  const inProject = { projectId: 'project' };

  for (const mode of ['live', 'snapshot'] as const)
    it(`a lock stays when a revision does not admit the locked value any more: the default counts, locked (${mode})`, () => {
      const refused = row({ value: 20, is_locked: true });
      const below = resolveSetting({ ...setting, mode }, [refused, ofProject], inProject);
      expect(below.counting).to.deep.include({ source: 'DEFAULT', value: 5, isLocked: true });
      expect(mayOverride(setting, 3, below.above)).to.equal(false);
      const there = resolveSetting({ ...setting, mode }, [refused], {});
      expect(there.counting).to.deep.include({ source: 'DEFAULT', value: 5, isLocked: true });
      // The organization itself sets another value, and can unlock.
      expect(mayOverride(setting, 6, there.above)).to.equal(true);
      expect(there.own).to.equal(refused);
    });

  it('a value that is not admitted any more and not locked is none', () => {
    const below = resolveSetting(setting, [row({ value: 20 }), ofProject], inProject);
    expect(below.counting).to.deep.equal({ source: 'PROJECT', value: 3, row: ofProject });
    expect(resolveSetting(setting, [row({ value: 20 })], {}).counting).to.deep.equal({ source: 'DEFAULT', value: 5 });
  });

  it('a lock stays too when the locked value became weaker than the default', () => {
    const tighter = { ...setting, direction: 'tighten' as const, stricter: 'lower' as const };
    const { counting } = resolveSetting(tighter, [row({ is_locked: true }), ofProject], inProject);
    expect(counting).to.deep.include({ source: 'DEFAULT', value: 5, isLocked: true });
  });
});
