import * as core from '../../../core/access/service-accounts.ts';
import type { HandlerRequest, Handlers } from '../../contract/handler.ts';
import { pathOfPlace, withEtag } from '../replies.ts';

type Noun = 'ServiceAccount' | 'ProjectServiceAccount';
type Operations = `list${Noun}s` | `${'create' | 'get' | 'update' | 'delete'}${Noun}`;

/** Tag ServiceAccounts. The path alone says where: in the organization or in one project. */
export function serviceAccounts(): Pick<Handlers, Operations> {
  return {
    listServiceAccounts: list,
    listProjectServiceAccounts: list,
    createServiceAccount: create,
    createProjectServiceAccount: create,
    getServiceAccount: get,
    getProjectServiceAccount: get,
    updateServiceAccount: update,
    updateProjectServiceAccount: update,
    deleteServiceAccount: remove,
    deleteProjectServiceAccount: remove,
  };
}

async function list({ db, actor, params, query }: HandlerRequest<`list${Noun}s`>) {
  return { status: 200 as const, body: await core.listServiceAccounts(db, actor, { ...query, ...params }) };
}

async function create({ db, actor, params, body }: HandlerRequest<`create${Noun}`>) {
  const account = await core.createServiceAccount(db, actor, { ...body, ...params });
  return { status: 201 as const, body: account, headers: { location: `${pathOfPlace(params)}/service-accounts/${account.id}` } };
}

async function get({ db, actor, params }: HandlerRequest<`get${Noun}`>) {
  return withEtag(await core.getServiceAccount(db, actor, params));
}

async function update({ db, actor, params, body, preconditions }: HandlerRequest<`update${Noun}`>) {
  return withEtag(await core.updateServiceAccount(db, actor, { ...body, ...params, preconditions }));
}

async function remove({ db, actor, params, preconditions }: HandlerRequest<`delete${Noun}`>) {
  await core.deleteServiceAccount(db, actor, { ...params, preconditions });
  return { status: 204 as const };
}
