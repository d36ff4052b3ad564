import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { formatFinding } from '../../core/authorization/policy/findings.ts';
import { createStockStore } from '../../core/authorization/policy-stores/stock-store.ts';
import { checkStoreContents, compileStore } from '../../core/authorization/policy-stores/store.ts';
import { failuresOf, runStoreTests } from '../../core/authorization/policy-stores/store-tests.ts';
import { propertiesFault } from '../../core/authorization/policy-stores/store-tests-schema.ts';
import type { StoreContents, StoreEntity } from '../../core/authorization/policy-stores/types.ts';
import { root } from './checkout.ts';

const folder = join(root, 'examples/policy-stores');
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const read = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8');
const contentsOf = (name: string): StoreContents => ({
  model: read(name, 'model.conf'),
  policy: read(name, 'policy.csv'),
  tests: read(name, 'tests.yaml'),
});
const entitiesOf = (name: string): StoreEntity[] => JSON.parse(read(name, 'entities.json')) as StoreEntity[];

describe('The examples of policy stores', () => {
  it('are four', () => {
    expect(names).to.have.members(['todo', 'records', 'api-gateway', 'documents']);
  });

  for (const name of names) {
    it(`${name} has no findings, passes its tests, and leaves no row untested`, () => {
      const contents = contentsOf(name);
      expect(checkStoreContents(contents).map(formatFinding)).to.deep.equal([]);
      const report = runStoreTests(contents);
      expect(failuresOf(report).map(formatFinding)).to.deep.equal([]);
      expect(report.results.length).to.be.greaterThan(8);
      expect(report.coverage.untested).to.deep.equal([]);
    });

    it(`${name} is decided by stock Casbin in the same way, for all its entities and actions`, async () => {
      const contents = contentsOf(name);
      const compiled = compileStore(contents);
      const stock = await createStockStore(contents);
      const entities = entitiesOf(name);
      for (const { properties } of entities) expect(propertiesFault(properties)).to.equal(undefined);
      const context = { network: 'internal', hour: 9 };
      let asked = 0;
      for (const subject of entities)
        for (const resource of [
          ...entities,
          { type: 'route', id: '/todos', properties: {} },
          { type: 'route', id: '/admin/x', properties: {} },
        ])
          for (const action of compiled.actions(resource.type)) {
            const question = { subject, resource, action: { name: action, properties: {} }, context };
            expect(compiled.decide(question).decision, JSON.stringify(question)).to.equal(stock.decide(question));
            asked += 1;
          }
      expect(asked).to.be.greaterThan(20);
    });

    it(`${name} has a page that speaks to people who come from elsewhere`, () => {
      const page = read(name, 'README.md');
      for (const product of ['Cerbos', 'OpenFGA', 'Casbin']) expect(page).to.include(product);
    });
  }
});
