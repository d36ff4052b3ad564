import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { directoryTests, organization } from './directory.ts';

describe('the switches in a directory of manifests', () => {
  const tests = directoryTests();

  it('are set as the file says, and one that its kind does not offer is Stalled by its name', async () => {
    const switches = async (name: string) =>
      (await tests.rows('select mfa, externals, managed_by -> $2 as settings from organizations where slug = $1', name, 'settings'))[0];
    tests.write('a.yaml', organization('strict', { blueprint: 'teams', mfa: 'Required', externals: 'AutoAdd' }));
    tests.write('b.yaml', organization('plain', { blueprint: 'integrations', mfa: 'Required' }));
    await tests.start();
    await tests.isReady('Organization.strict');
    expect(await switches('strict')).to.deep.equal({ mfa: 'REQUIRED', externals: 'AUTO_ADD', settings: ['externals', 'mfa'] });
    await eventually(() => expect(tests.condition('Organization.plain', 'Stalled')).to.include({ status: 'True', reason: 'InvalidSpec' }));
    expect(tests.condition('Organization.plain', 'Stalled')!.message).to.match(
      /^spec\.mfa: This kind of organization does not offer Required/,
    );
    expect(await switches('plain')).to.include({ mfa: 'OPTIONAL' });
    // A manifest that stops saying them leaves them to the API as they are.
    tests.write('a.yaml', organization('strict', { blueprint: 'teams' }));
    await tests.isReady('Organization.strict', 2);
    expect(await switches('strict')).to.deep.equal({ mfa: 'REQUIRED', externals: 'AUTO_ADD', settings: null });
  });

  it('settings of the kind of organization are set, and one that it does not take is Stalled by its place', async () => {
    const values = () => tests.rows('select key, value, is_locked, is_managed from setting_values');
    const workspace = (value: unknown) =>
      organization('stopping', { blueprint: 'app-workspace', settings: { 'idle-stop-after': { value } } });
    tests.write('a.yaml', workspace('P1D'));
    await tests.start();
    await tests.isReady('Organization.stopping');
    const set = [{ key: 'idle-stop-after', value: 'P1D', is_locked: false, is_managed: true }];
    expect(await values()).to.deep.equal(set);
    tests.write('a.yaml', workspace(true));
    await eventually(() =>
      expect(tests.condition('Organization.stopping', 'Stalled')).to.include({ status: 'True', reason: 'InvalidSpec' }),
    );
    expect(tests.condition('Organization.stopping', 'Accepted')!.message).to.match(
      /^spec\.settings\.idle-stop-after\.value: The setting does not/,
    );
    expect(await values()).to.deep.equal(set);
    tests.write('a.yaml', organization('stopping', { blueprint: 'app-workspace' }));
    await tests.isReady('Organization.stopping', 3);
    expect(await values()).to.deep.equal([]);
  });

  it('the status of a manifest with a mistake says what else of it was refused', async () => {
    const spec = {
      blueprint: 'app-workspace',
      settings: { nope: { value: true } },
      limits: [{ name: 'meter.nope', hard: 5 }],
      members: [{ email: 'ann@example.com', roles: ['org.nope'] }],
    };
    tests.write('a.yaml', organization('mixed', spec));
    await tests.start();
    await eventually(() => expect(tests.condition('Organization.mixed', 'Stalled')).to.include({ status: 'True', reason: 'InvalidSpec' }));
    const { message } = tests.condition('Organization.mixed', 'Stalled')!;
    expect(message).to.include('spec.settings.nope: ').and.to.include('spec.limits[0]: The limit meter.nope counts nothing');
    expect(message.match(/ann@example\.com: /g)).to.have.length(1);
  });
});
