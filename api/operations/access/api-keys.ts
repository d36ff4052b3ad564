import { listApiKeys } from '../../../core/access/api-key-list.ts';
import * as core from '../../../core/access/api-keys.ts';
import type { HandlerRequest, Handlers } from '../../contract/handler.ts';
import { pathOfPlace, withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Noun = 'ApiKey' | 'ProjectApiKey';
type Operations = `list${Noun}s` | `${'create' | 'get' | 'update' | 'rotate' | 'revoke'}${Noun}` | 'reportLeakedCredential';

/** Tag ApiKeys. The path alone says where: in the organization or in one project. */
export function apiKeys(services: Services): Pick<Handlers, Operations> {
  return {
    listApiKeys: list,
    listProjectApiKeys: list,
    createApiKey: create,
    createProjectApiKey: create,
    getApiKey: get,
    getProjectApiKey: get,
    updateApiKey: update,
    updateProjectApiKey: update,
    rotateApiKey: rotate,
    rotateProjectApiKey: rotate,
    revokeApiKey: revoke,
    revokeProjectApiKey: revoke,

    async reportLeakedCredential({ body, requestId }) {
      await services.revokeLeaked({ credential: body.credential, requestId });
      return { status: 204 };
    },
  };
}

async function list({ db, actor, params, query }: HandlerRequest<`list${Noun}s`>) {
  return { status: 200 as const, body: await listApiKeys(db, actor, { ...query, ...params }) };
}

async function create({ db, actor, params, body }: HandlerRequest<`create${Noun}`>) {
  const key = await core.createApiKey(db, actor, { ...body, ...params });
  return { status: 201 as const, body: key, headers: { location: `${pathOfPlace(params)}/api-keys/${key.id}` } };
}

async function get({ db, actor, params }: HandlerRequest<`get${Noun}`>) {
  return withEtag(await core.getApiKey(db, actor, params));
}

async function update({ db, actor, params, body, preconditions }: HandlerRequest<`update${Noun}`>) {
  return withEtag(await core.updateApiKey(db, actor, { ...body, ...params, preconditions }));
}

async function rotate({ db, actor, params, body, preconditions }: HandlerRequest<`rotate${Noun}`>) {
  return withEtag(await core.rotateApiKey(db, actor, { ...body, ...params, preconditions }));
}

async function revoke({ db, actor, params }: HandlerRequest<`revoke${Noun}`>) {
  return withEtag(await core.revokeApiKey(db, actor, params));
}
