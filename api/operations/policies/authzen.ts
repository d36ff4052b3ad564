import type { Actor } from '../../../core/authorization/decisions/actor.ts';
import {
  type Evaluation,
  type EvaluationQuestion,
  type EvaluationResource,
  evaluate,
  fromDatabase,
  inquiryOf,
  readIn,
} from '../../../core/authorization/decisions/evaluation.ts';
import {
  allFromDatabase,
  answersOf,
  batchOf,
  type EvaluationsBody,
  evaluateAll,
  inquiriesOf,
  withRestrictions,
} from '../../../core/authorization/decisions/evaluations.ts';
import { type Found, type Searcher, searchActions, searchResources, searchSubjects } from '../../../core/authorization/decisions/search.ts';
import { sealedPages } from '../../../core/base/sealed-pages.ts';
import type { Db } from '../../../core/database/database.ts';
import type { Handlers } from '../../contract/handler.ts';
import { misfit } from '../../contract/input-errors.ts';
import { configurationOf, foundReply } from '../decision-point.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'evaluate'
  | 'evaluateMany'
  | 'searchSubjects'
  | 'searchResources'
  | 'searchActions'
  | 'getAuthzenConfiguration'
  | 'getSigningKeys'
  | 'evaluateInOrganization'
  | 'evaluateManyInOrganization'
  | 'searchSubjectsInOrganization'
  | 'searchResourcesInOrganization'
  | 'searchActionsInOrganization'
  | 'getOrganizationAuthzenConfiguration';

/** A request to a decision point: that of the installation, or the one of an organization, where its path names one. */
interface Request {
  readonly db: Db;
  readonly actor: Actor;
  readonly params: { readonly organizationId?: string };
  readonly body: unknown;
}

/** Tag AuthZEN. */
export function authzen(services: Services): Pick<Handlers, Operations> {
  // Where the fast routes do not match, as with a query string. The request has its connection; waiting for a second one
  // while it holds the first would let a few such requests take every connection from the others.
  async function one({ db, actor, params, body }: Request) {
    const question = boundTo(params, body as EvaluationQuestion);
    const inquiry = inquiryOf(actor.principal, question);
    const evaluation = evaluate(inquiry, await fromDatabase(services.policies, readIn(db), inquiry), actor.denials);
    noted(actor, [evaluation]);
    const [told] = await withRestrictions([evaluation], (run) => run(db));
    return { status: 200, body: told!.answer } as const;
  }

  async function many(request: Request) {
    const { db, actor, params } = request;
    const body = request.body as EvaluationsBody;
    const errorsOf = (question: object) => services.bodyErrors('evaluate', question);
    const batch = batchOf(body, errorsOf);
    if (batch === undefined) {
      const errors = errorsOf(body);
      if (errors.length > 0) throw misfit(errors);
      return one(request);
    }
    const questions = batch.questions.map((question) => ('message' in question ? question : boundTo(params, question)));
    const items = await allFromDatabase(services.policies, readIn(db), inquiriesOf(actor.principal, { questions }));
    const evaluations = evaluateAll(items, batch.semantic, actor.denials);
    noted(actor, evaluations);
    const told = batch.isExplained ? await withRestrictions(evaluations, (run) => run(db)) : evaluations;
    return { status: 200, body: answersOf(told, batch) } as const;
  }

  function noted({ requestId }: Actor, evaluations: readonly Evaluation[]): void {
    for (const { decision } of evaluations) if (decision) services.onDecision(decision, requestId, 'fully_consistent');
  }

  const pages = sealedPages(services.keyring);
  const search =
    <B extends { resource: Pick<EvaluationResource, 'properties'> }, T>(run: (searcher: Searcher, body: B) => Promise<Found<T>>) =>
    async ({ db, actor, params, body }: Request) => {
      const asked = boundTo(params, body as B & { page?: object });
      return foundReply(await run({ db, actor, policies: services.policies, pages }, asked), asked);
    };

  // Section 9: what is signed are all other members, with the base URL as the party that attests to them.
  const configuration = (base: string) => configurationOf(services, base);

  const subjects = search(searchSubjects);
  const resources = search(searchResources);
  const actions = search(searchActions);
  return {
    evaluate: one,
    evaluateMany: many,
    searchSubjects: subjects,
    searchResources: resources as never,
    searchActions: actions,
    getAuthzenConfiguration: async () => configuration(''),
    getSigningKeys: async () => ({ status: 200, body: services.signingKeys.jwks }),
    evaluateInOrganization: one,
    evaluateManyInOrganization: many,
    searchSubjectsInOrganization: subjects,
    searchResourcesInOrganization: resources as never,
    searchActionsInOrganization: actions,
    getOrganizationAuthzenConfiguration: async ({ params }) => configuration(`/v1/organizations/${params.organizationId}`),
  };
}

/** The question in the organization of the path. One that names another organization is about no place. */
function boundTo<B extends { resource: Pick<EvaluationResource, 'properties'> }>({ organizationId }: Request['params'], body: B): B {
  if (organizationId === undefined) return body;
  const { properties } = body.resource;
  const named = properties?.organizationId ?? organizationId;
  return { ...body, resource: { ...body.resource, properties: { ...properties, organizationId: named === organizationId ? named : '' } } };
}
