import { expect } from 'chai';
import type { KubeObject } from '../../../controllers/resources/resource.ts';
import { Store } from '../../../controllers/runtime/store.ts';

const object = (name: string, version: number, organization: string, uid = `uid-${name}`): KubeObject<{ organization: string }> => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'default', uid, resourceVersion: String(version) },
  spec: { organization },
});

describe('the store', () => {
  let store: Store<KubeObject<{ organization: string }>>;
  beforeEach(() => {
    store = new Store({ organization: (thing) => [thing.spec!.organization] });
  });

  it('finds objects by index, and not where they were before a change', () => {
    store.upsert(object('a', 1, 'acme'));
    store.upsert(object('b', 2, 'acme'));
    store.upsert(object('b', 3, 'globex'));
    expect(store.byIndex('organization', 'acme').map(({ metadata }) => metadata.name)).to.deep.equal(['a']);
    expect(store.byIndex('organization', 'globex').map(({ metadata }) => metadata.name)).to.deep.equal(['b']);
    store.delete('default/a');
    expect(store.byIndex('organization', 'acme')).to.deep.equal([]);
    expect(store.byIndex('organization', 'nobody')).to.deep.equal([]);
  });

  it('takes an older event for no news, but believes a list', () => {
    store.upsert(object('a', 10, 'acme'));
    expect(store.upsert(object('a', 9, 'old'))).to.equal(undefined);
    // Ten is more than nine, though not as text.
    expect(store.get('default/a')!.spec!.organization).to.equal('acme');
    expect(store.upsert(object('a', 9, 'restored'), 'list')!.type).to.equal('updated');
  });

  it('does not let an old deletion take a new object away', () => {
    store.upsert(object('a', 20, 'acme', 'new'));
    expect(store.delete('default/a', object('a', 15, 'acme', 'old'))).to.equal(undefined);
    expect(store.size).to.equal(1);
  });

  it('does not let the answer to a write of ours bring a deleted object back', () => {
    store.upsert(object('a', 1, 'acme'));
    store.delete('default/a');
    store.refresh(object('a', 2, 'acme'));
    expect(store.size).to.equal(0);
    store.upsert(object('a', 3, 'acme', 'new'));
    store.refresh(object('a', 4, 'acme', 'old'));
    expect(store.get('default/a')!.metadata.uid).to.equal('new');
  });
});
