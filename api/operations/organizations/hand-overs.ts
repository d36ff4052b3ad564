import * as core from '../../../core/organizations/hand-overs.ts';
import type { HandlerRequest, Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Noun = 'HandOver' | 'ProjectHandOver';
type Operations = `${'get' | 'replace' | 'withdraw'}${Noun}`;

/** Tag HandOvers. The path alone says of what: of the organization or of one project. */
export function handOvers(): Pick<Handlers, Operations> {
  return {
    getHandOver: get,
    getProjectHandOver: get,
    replaceHandOver: replace,
    replaceProjectHandOver: replace,
    withdrawHandOver: withdraw,
    withdrawProjectHandOver: withdraw,
  };
}

async function get({ db, actor, params }: HandlerRequest<`get${Noun}`>) {
  return withEtag(await core.getHandOver(db, actor, params));
}

async function replace({ db, actor, params, body, preconditions }: HandlerRequest<`replace${Noun}`>) {
  return withEtag(await core.replaceHandOver(db, actor, { ...body, ...params, preconditions }));
}

async function withdraw({ db, actor, params, preconditions }: HandlerRequest<`withdraw${Noun}`>) {
  await core.withdrawHandOver(db, actor, { ...params, preconditions });
  return { status: 204 as const };
}
