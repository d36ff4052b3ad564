import { expect } from 'chai';
import fc from 'fast-check';
import { fromString, fromUUID, toUUID } from 'typeid-js';
import { InvalidInput } from '../../../core/base/errors.ts';
import { type IdKind, madeAt, newId, newUuidOf, prefixes, toId, toUuid } from '../../../core/base/ids.ts';

describe('ids', () => {
  for (const kind of Object.keys(prefixes) as IdKind[]) {
    it(`of kind ${kind} begin with ${prefixes[kind]}_ and come back from their uuid`, () => {
      const id = newId(kind);
      expect(id).to.match(new RegExp(`^${prefixes[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`));
      expect(toId(kind, toUuid(kind, id))).to.equal(id);
    });
  }

  it('are the same id for the same uuid', () => {
    fc.assert(fc.property(fc.uuid(), (uuid) => toUuid('organization', toId('organization', uuid)) === uuid));
  });

  it('are those of the TypeID library, in both directions', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const id = fromUUID(uuid, 'org').toString();
        return toId('organization', uuid) === id && toUuid('organization', id) === toUUID(fromString(id, 'org'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of what happened a moment ago are UUIDs of version 7 with that time', () => {
    const at = Date.UTC(2026, 10, 27, 12, 30, 15, 123);
    const uuids = Array.from({ length: 1_000 }, () => newUuidOf(at));
    for (const uuid of uuids) expect(uuid).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(uuids)).to.have.property('size', 1_000);
    expect(madeAt(uuids[0]!).getTime()).to.equal(at);
  });

  it('sort by the time of their making, and no two are the same', () => {
    const ids = Array.from({ length: 5_000 }, () => newId('request'));
    expect([...new Set(ids)].sort()).to.deep.equal(ids);
  });

  it('are UUIDs of version 7 with the time of their making', () => {
    const before = Date.now();
    const uuid = toUuid('request', newId('request'));
    expect(uuid).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)).to.be.within(before, Date.now());
  });

  const good = newId('organization');
  const refused = {
    'of another kind': newId('project'),
    'without a prefix': good.slice(4),
    'with a letter that base32 has not': `${good.slice(0, -1)}u`,
    'that is too short': good.slice(0, -1),
    'that is too long': `${good}0`,
    'in upper case': good.toUpperCase(),
    'that overflows a uuid': 'org_8zzzzzzzzzzzzzzzzzzzzzzzzz',
    'that is a uuid': toUuid('organization', good),
    'that is empty': '',
    'that is SQL': "org_'; drop table users --",
  };
  for (const [title, id] of Object.entries(refused)) {
    it(`an id ${title} is bad input`, () => {
      expect(() => toUuid('organization', id)).to.throw(InvalidInput, 'is not an id of this kind: org_...');
    });
  }
});
