import type { Found } from '../../core/authorization/decisions/search.ts';
import type { Services } from './services.ts';

/** Where a decision point answers, whose path is `base`, as AuthZEN's metadata; signed, so that a client may have it from another server and still trust it. */
export async function configurationOf({ publicUrl, signingKeys }: Services, base: string) {
  const url = `${publicUrl()}${base}`;
  const metadata = {
    policy_decision_point: url,
    access_evaluation_endpoint: `${url}/access/v1/evaluation`,
    access_evaluations_endpoint: `${url}/access/v1/evaluations`,
    search_subject_endpoint: `${url}/access/v1/search/subject`,
    search_resource_endpoint: `${url}/access/v1/search/resource`,
    search_action_endpoint: `${url}/access/v1/search/action`,
    jwks_uri: `${publicUrl()}/.well-known/jwks.json`,
  };
  return { status: 200, body: { ...metadata, signed_metadata: await signingKeys.sign({ ...metadata, iss: url }) } } as const;
}

/** What was found, in this order for clients that compare texts; without a page of a search that is complete and asked for none. */
export function foundReply<T>({ results, nextToken, withheld }: Found<T>, asked: { readonly page?: object }) {
  const page = nextToken !== undefined || asked.page ? { page: { next_token: nextToken ?? '' } } : {};
  return { status: 200, body: { ...page, ...(withheld !== undefined && { context: { withheld } }), results } } as const;
}
