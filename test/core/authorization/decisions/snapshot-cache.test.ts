import { expect } from 'chai';
import fc from 'fast-check';
import type { Snapshot } from '../../../../core/authorization/decisions/snapshot.ts';
import { createSnapshotCache, type SnapshotKey } from '../../../../core/authorization/decisions/snapshot-cache.ts';
import { newId, toUuid } from '../../../../core/base/ids.ts';
import { runs } from '../../../helpers/rounds.ts';

const organizations = [newId('organization'), newId('organization')];
const key = (organization: number, subject = 'user_1'): SnapshotKey => {
  const organizationId = organizations[organization]!;
  return { subject, dom: organizationId, organizationId };
};
const platform: SnapshotKey = { subject: 'user_1', dom: 'platform' };
const uuid = (organization: number) => toUuid('organization', organizations[organization]!);
const snapshot = (roles: string[], until?: Date) => ({ roles, ...(until && { until }) }) as unknown as Snapshot;

describe('snapshot cache', () => {
  it('finds what was loaded, for the same subject and domain only', async () => {
    const cache = createSnapshotCache();
    const loaded = await cache.load(key(0), async () => snapshot(['a']));
    expect(cache.get(key(0))).to.equal(loaded);
    expect(cache.get(key(1))).to.equal(undefined);
    expect(cache.get(key(0, 'user_2'))).to.equal(undefined);
    expect(cache.get(platform)).to.equal(undefined);
  });

  it('forgets an organization that changed, and keeps the others', async () => {
    const cache = createSnapshotCache();
    await cache.load(key(0), async () => snapshot(['a']));
    await cache.load(key(1), async () => snapshot(['b']));
    await cache.load(platform, async () => snapshot(['c']));
    cache.changed(uuid(0));
    expect(cache.get(key(0))).to.equal(undefined);
    expect(cache.get(key(1))?.roles).to.deep.equal(['b']);
    expect(cache.get(platform)?.roles).to.deep.equal(['c']);
  });

  it('keeps everything when an organization changes of which it holds nothing', async () => {
    const cache = createSnapshotCache();
    await cache.load(key(0), async () => snapshot(['a']));
    cache.changed(uuid(1));
    expect(cache.get(key(0))?.roles).to.deep.equal(['a']);
  });

  it('forgets everything when a user changed, whose state shows everywhere', async () => {
    const cache = createSnapshotCache();
    await cache.load(key(0), async () => snapshot(['a']));
    await cache.load(platform, async () => snapshot(['c']));
    cache.changed(`user/${toUuid('user', newId('user'))}`);
    expect(cache.get(key(0))).to.equal(undefined);
    expect(cache.get(platform)).to.equal(undefined);
  });

  for (const [title, happen] of Object.entries({
    'the organization changes': (cache: ReturnType<typeof createSnapshotCache>) => cache.changed(uuid(0)),
    'a user changes': (cache: ReturnType<typeof createSnapshotCache>) => cache.changed('user/1'),
    'the cache is cleared': (cache: ReturnType<typeof createSnapshotCache>) => cache.clear(),
  })) {
    it(`does not keep what was read while ${title}`, async () => {
      const cache = createSnapshotCache();
      const stale = await cache.load(key(0), async () => {
        happen(cache);
        return snapshot(['old']);
      });
      expect(stale.roles).to.deep.equal(['old']);
      expect(cache.get(key(0))).to.equal(undefined);
    });
  }

  it('keeps a list of what is switched off once, and never a list that is not the one that was read', async () => {
    const cache = createSnapshotCache();
    const read = (...names: string[]) =>
      Promise.resolve({ roles: [], restricted: new Map(names.map((name) => [name, ['1']])) } as unknown as Snapshot);
    const project = (subject: string) => ({ ...key(0, subject), dom: `${organizations[0]}/project` });
    const first = await cache.load(key(0, 'user_1'), () => read('model', 'tool web'));
    const second = await cache.load(key(0, 'user_2'), () => read('tool web', 'model'));
    const elsewhere = await cache.load(project('user_1'), () => read('model', 'tool web'));
    const other = await cache.load(key(0, 'user_3'), () => read('model'));
    expect(second.restricted).to.equal(first.restricted);
    expect(elsewhere.restricted).to.equal(first.restricted);
    expect(cache.get(key(0, 'user_2'))!.restricted).to.equal(first.restricted);
    expect([...other.restricted!.keys()]).to.deep.equal(['model']);
  });

  it('keeps nothing of a read that failed', async () => {
    const cache = createSnapshotCache();
    await cache.load(key(0), () => Promise.reject(new Error('no database'))).catch(() => undefined);
    expect(cache.get(key(0))).to.equal(undefined);
  });

  it('stops counting a grant in the moment in which it ends', async () => {
    let now = 1_000;
    const cache = createSnapshotCache({ clock: () => now });
    await cache.load(key(0), async () => snapshot(['a'], new Date(2_000)));
    now = 1_999;
    expect(cache.get(key(0))?.roles).to.deep.equal(['a']);
    now = 2_000;
    expect(cache.get(key(0))).to.equal(undefined);
  });

  it('is never older than the last change that it was told, whatever the order of events and however small it is (soak)', async () => {
    const step = fc.record({
      what: fc.constantFrom('begin', 'end', 'change', 'user', 'clear', 'get'),
      organization: fc.integer({ min: 0, max: 3 }),
      subject: fc.integer({ min: 0, max: 2 }),
    });
    const ids = Array.from({ length: 4 }, () => newId('organization'));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), async (steps, max) => {
        const cache = createSnapshotCache({ max });
        // What the database would answer: counts the changes of each organization.
        const truth = ids.map(() => 0);
        const reading: (() => Promise<void>)[] = [];
        for (const { what, organization, subject } of steps) {
          const organizationId = ids[organization]!;
          const asked = { subject: `user_${subject}`, dom: organizationId, organizationId };
          if (what === 'begin') {
            const read = snapshot([String(truth[organization])]);
            let finish = (): void => undefined;
            const loading = cache.load(asked, () => new Promise<Snapshot>((resolve) => (finish = () => resolve(read))));
            reading.push(async () => {
              finish();
              await loading;
            });
          }
          if (what === 'end') await reading.shift()?.();
          if (what === 'change') {
            truth[organization]! += 1;
            cache.changed(toUuid('organization', organizationId));
          }
          if (what === 'user') {
            for (const index of truth.keys()) truth[index]! += 1;
            cache.changed('user/1');
          }
          if (what === 'clear') cache.clear();
          if (what === 'get') {
            const found = cache.get(asked);
            if (found) expect(found.roles).to.deep.equal([String(truth[organization])]);
          }
        }
      }),
      runs(500, 500_000),
    );
  }).timeout(900_000);
});
