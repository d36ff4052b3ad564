import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { blueprintSchema } from '../../core/authorization/policy/blueprint.ts';

describe('the example of applications in policies/README.md', () => {
  const example = async (): Promise<Record<string, unknown>> => {
    const page = await readFile('policies/README.md', 'utf8');
    return parse(/<!-- applications -->\n```yaml\n([\s\S]*?)```/.exec(page)![1]!);
  };
  const kindWith = async (more: object) => {
    const { alerts: _alerts, ...kind } = parse(await readFile('policies/blueprints/app-workspace/blueprint.yaml', 'utf8'));
    return blueprintSchema.safeParse({ ...kind, ...more });
  };

  it('is a part of a kind of organization, with every key that there is', async () => {
    const { data, error } = await kindWith(await example());
    expect(error?.issues ?? []).to.deep.equal([]);
    const { catalog, instances } = await example();
    expect(data).to.deep.include({ catalog, instances });
    expect(Object.keys(data!.catalog!)).to.have.members(['categories', 'priceKinds']);
    expect(Object.keys(data!.instances!)).to.have.members(['idleStopAfter', 'dataOnUninstall']);
  });

  it('does not hold without the setting that it names', async () => {
    const { settings: _settings, ...rest } = await example();
    const { error } = await kindWith({ ...rest, settings: [] });
    expect(error!.issues.map(({ path }) => path.join('.'))).to.include('instances.idleStopAfter');
  });
});
