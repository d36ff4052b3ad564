import type { SignOut } from '../../core/people/sessions.ts';
import type { StoreKey } from '../../core/policy-stores/stores.ts';

/** What there is or what a change has made of it, with its ETag. */
export function withEtag<T extends { readonly etag: string }>(body: T): { status: 200; body: T; headers: { etag: string } } {
  return { status: 200, body, headers: { etag: body.etag } };
}

/** The path of the organization, or of the project in it, that a request names. */
export function pathOfPlace(params: { readonly organizationId: string; readonly projectId?: string }): string {
  const organization = `/v1/organizations/${params.organizationId}`;
  return params.projectId === undefined ? organization : `${organization}/projects/${params.projectId}`;
}

/** The path of the policy store that a request names. */
export function pathOfStore(key: StoreKey): string {
  return `${pathOfPlace(key)}/policy-stores/${key.policyStoreId}`;
}

/** Since when tokens count again, said when they do: who signs in after the answer has one that counts. */
export function signedOut({ wait, ...body }: SignOut): { status: 200; body: Omit<SignOut, 'wait'>; heldFor: number } {
  return { status: 200, body, heldFor: wait };
}

type Writable<T> = T extends readonly (infer E)[] ? Writable<E>[] : T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

/** The same in the types of the contract, whose lists are not read-only. */
export function writable<T>(body: T): Writable<T> {
  return body as Writable<T>;
}
