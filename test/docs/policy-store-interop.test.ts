import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { matches } from '../../core/authorization/policy-stores/filter.ts';
import { compileStore } from '../../core/authorization/policy-stores/store.ts';
import type { CompiledStore, StoreEntity, StoreFilter } from '../../core/authorization/policy-stores/types.ts';
import { root } from './checkout.ts';

// The answers that the scenarios of the AuthZEN interop publish, read in openid/authzen, interop/authzen-interop-website/docs/scenarios
// (todo-1.1, api-gateway, search), and written down here as tables.

function open(name: string): { store: CompiledStore; entities: StoreEntity[] } {
  const read = (file: string) => readFileSync(join(root, 'examples/policy-stores', name, file), 'utf8');
  const contents = { model: read('model.conf'), policy: read('policy.csv'), tests: '' };
  return { store: compileStore(contents), entities: JSON.parse(read('entities.json')) as StoreEntity[] };
}

const action = (name: string) => ({ name, properties: {} });

describe('The scenarios of the AuthZEN interop', () => {
  const people = {
    rick: { id: 'CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs', email: 'rick@the-citadel.com' },
    morty: { id: 'CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs', email: 'morty@the-citadel.com' },
    summer: { id: 'CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs', email: 'summer@the-smiths.com' },
    beth: { id: 'CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs', email: 'beth@the-smiths.com' },
    jerry: { id: 'CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs', email: 'jerry@the-smiths.com' },
  };
  const names = Object.keys(people) as (keyof typeof people)[];

  it('Todo: 5 users, their own todos and those of Rick', () => {
    const { store, entities } = open('todo');
    /** Allowed on their own todo, and on one of Rick's. */
    const published: Record<keyof typeof people, { own: string[]; ricks: string[] }> = {
      rick: { own: ['create', 'update', 'delete'], ricks: ['create', 'update', 'delete'] },
      morty: { own: ['create', 'update', 'delete'], ricks: ['create'] },
      summer: { own: ['create', 'update', 'delete'], ricks: ['create'] },
      beth: { own: [], ricks: [] },
      jerry: { own: [], ricks: [] },
    };
    for (const name of names) {
      const subject = entities.find(({ id }) => id === people[name].id)!;
      const decide = (what: string, resource: StoreEntity) =>
        store.decide({ subject, action: action(what), resource, context: {} }).decision;
      const todoOf = (ownerID: string): StoreEntity => ({
        type: 'todo',
        id: '7240d0db-8ff0-41ec-98b2-34a096273b9f',
        properties: { ownerID },
      });
      const allowedOn = (ownerID: string) => ['create', 'update', 'delete'].filter((what) => decide(`can_${what}_todo`, todoOf(ownerID)));
      expect({ own: allowedOn(people[name].email), ricks: allowedOn(people.rick.email) }, name).to.deep.equal(published[name]);
      expect(decide('can_read_todos', { type: 'todo', id: 'todo-1', properties: {} }), name).to.equal(true);
      for (const id of ['beth@the-smiths.com', people[name].id])
        expect(decide('can_read_user', { type: 'user', id, properties: {} })).to.equal(true);
    }
    // Rick updates and deletes what Morty has made.
    const rick = entities.find(({ id }) => id === people.rick.id)!;
    const mortys = { type: 'todo', id: '1', properties: { ownerID: people.morty.email } };
    for (const what of ['can_update_todo', 'can_delete_todo'])
      expect(store.decide({ subject: rick, action: action(what), resource: mortys, context: {} }).decision).to.equal(true);
  });

  it('Gateway: 5 users on the 5 routes, asked by their pattern', () => {
    const { store } = open('api-gateway');
    const editors = ['rick', 'morty', 'summer'];
    const published: [string, string, readonly string[]][] = [
      ['GET', '/users/{userId}', names],
      ['GET', '/todos', names],
      ['POST', '/todos', editors],
      ['PUT', '/todos/{todoId}', editors],
      ['DELETE', '/todos/{todoId}', editors],
    ];
    for (const [method, id, allowed] of published) {
      const found = names.filter(
        (name) =>
          store.decide({
            subject: { type: 'identity', id: name, properties: {} },
            action: action(method),
            resource: { type: 'route', id, properties: {} },
            context: {},
          }).decision,
      );
      expect(found, `${method} ${id}`).to.deep.equal(allowed);
    }
  });

  const viewers = {
    alice: '101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120',
    bob: '101 102 103 105 108 112 114 116 117 119 120',
    carol: '101 102 103 105 108 109 112 115 116 117 119',
    dan: '101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120',
    erin: '105 111 115 117',
    felix: '104 106 109 111 112 114 118 120',
  };
  const editors = {
    alice: '101 107 110 113 119',
    bob: '102 108 114 120',
    carol: '103 109 115',
    dan: '104 110 115 116',
    erin: '105 111 117',
    felix: '106 112 118',
  };
  const deleters = { ...editors, alice: '101 107 113 119', dan: '104 110 116' };
  const published: Record<string, Record<string, string>> = { view: viewers, edit: editors, delete: deleters };

  it('Search: every subject, resource and action search of 6 users and 20 records', () => {
    const { store, entities } = open('records');
    const users = entities.filter(({ type }) => type === 'user');
    const records = entities.filter(({ type }) => type === 'record');
    expect([users.length, records.length]).to.deep.equal([6, 20]);
    const found = (filter: StoreFilter, candidates: StoreEntity[]): string[] => {
      if (filter.kind === 'enumerate') throw new Error('This policy can be said.');
      return candidates
        .filter((entity) => (filter.kind === 'where' ? matches(filter.where, entity) : filter.kind === 'all'))
        .map(({ id }) => id);
    };
    for (const [name, byUser] of Object.entries(published)) {
      for (const subject of users)
        expect(found(store.resourceFilter(subject, action(name), {}, 'record'), records).join(' '), `${subject.id} ${name}`).to.equal(
          byUser[subject.id],
        );
      for (const resource of records) {
        const may = users.map(({ id }) => id).filter((id) => byUser[id]!.split(' ').includes(resource.id));
        expect(found(store.subjectFilter(resource, action(name), {}, 'user'), users), `${name} ${resource.id}`).to.deep.equal(may);
      }
    }
    for (const subject of users)
      for (const resource of records) {
        const may = store
          .actions('record')
          .filter((name) => store.decide({ subject, action: action(name), resource, context: {} }).decision);
        const said = Object.keys(published).filter((name) => published[name]![subject.id]!.split(' ').includes(resource.id));
        expect(may).to.deep.equal(said.sort());
      }
    // What the scenario does not know has an empty answer.
    expect(found(store.resourceFilter(users[0]!, action('print'), {}, 'record'), records)).to.deep.equal([]);
  });
});
