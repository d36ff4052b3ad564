import { toId, toUuid } from '../../base/ids.ts';

/** How a person signed in, as far as it changes what they may do. */
export interface SignIn {
  /** Until when the token shows a second factor, in milliseconds since 1970: 0 for one that shows none, Infinity where it does not age. */
  readonly secondFactorUntil: number;
  /** What a new sign-in has to ask the identity provider for, where that is configured (RFC 9470): `acr_values` and `max_age`. */
  readonly acrValues?: readonly string[];
  readonly maxAge?: number;
}

/** A person, or a service account: what holds grants. Of a person who calls with a token it is known how they signed in. */
export type Holder =
  | { readonly type: 'user'; readonly id: string; readonly uuid: string; readonly signIn?: SignIn }
  | { readonly type: 'service-account'; readonly id: string; readonly uuid: string };

/** Where a key belongs. */
export interface KeyHome {
  /** A uuid. */
  readonly organization: string;
  /** A uuid: the project that it is bound to. Known of a key that calls, undefined where it is only asked about. */
  readonly project?: string;
  readonly owner: Holder;
  /** The policy store that it is bound to, and sees alone, by the ids of its path. */
  readonly store?: { readonly organizationId: string; readonly projectId: string; readonly policyStoreId: string };
}

/** A key, which has the authority of its owner in the place that it is bound to, and no more than its scopes say. */
export interface ApiKeySubject {
  readonly type: 'api-key';
  readonly id: string;
  readonly uuid: string;
  /** Undefined until it was looked up. */
  readonly home?: KeyHome | undefined;
  /** Which of its secrets the caller has sent; undefined where the key is only asked about. */
  readonly secret?: number;
  /** The network address that the caller has sent it from. */
  readonly from?: string | undefined;
}

/** Who is asked about, as Casbin and the database know them. */
export type Subject = Holder | ApiKeySubject | { readonly type: 'controller'; readonly id: string };

/**
 * The subject as audit events, grants and invitations name it: a key behind its owner, `user_.../key_...`; an operator with the support access that
 * they act by, `user_.../sup_...`.
 */
export function nameOf(subject: Subject, supportAccessId?: string): string {
  if (supportAccessId !== undefined) return `${subject.id}/${supportAccessId}`;
  return subject.type === 'api-key' && subject.home ? `${subject.home.owner.id}/${subject.id}` : subject.id;
}

/** The subject behind a name: nameOf the other way round. What is neither a user nor a service account nor a key is a controller. */
export function subjectNamed(name: string): Subject {
  const key = name.slice(name.indexOf('/') + 1);
  if (key.startsWith('key_')) return { type: 'api-key', id: key, uuid: toUuid('apiKey', key) };
  if (name.startsWith('user_')) return userOf(name.split('/')[0]!);
  if (name.startsWith('svc_')) return { type: 'service-account', id: name, uuid: toUuid('serviceAccount', name) };
  return { type: 'controller', id: name };
}

/** A user by id. Throws InvalidInput. */
export function userOf(id: string): Holder {
  return { type: 'user', id, uuid: toUuid('user', id) };
}

/** The owner out of the two columns of a row, of which one is set. */
export function holderOf({ user_id, service_account_id }: { user_id: string | null; service_account_id: string | null }): Holder {
  return user_id === null
    ? { type: 'service-account', id: toId('serviceAccount', service_account_id!), uuid: service_account_id! }
    : { type: 'user', id: toId('user', user_id), uuid: user_id };
}

/** A holder in the words of the API. */
export interface ShownHolder {
  readonly type: 'USER' | 'SERVICE_ACCOUNT';
  readonly id: string;
}

/** The holder of a row, as holderOf, in the words of the API. */
export function shownHolder(row: Parameters<typeof holderOf>[0]): ShownHolder {
  const { type, id } = holderOf(row);
  return { type: type === 'user' ? 'USER' : 'SERVICE_ACCOUNT', id };
}

/** What holds the role of a grant, in the words of the API: a holder, or a role. */
export interface GrantSubject {
  readonly type: ShownHolder['type'] | 'ROLE';
  readonly id: string;
}

/** What holds the role of a row. */
export function subjectOf(row: Parameters<typeof holderOf>[0] & { subject_role: string | null }): GrantSubject {
  return row.subject_role === null ? shownHolder(row) : { type: 'ROLE', id: row.subject_role };
}

/** Whose grants count for a subject; undefined for a part of Tenet itself. */
export function authorityOf(subject: Subject): Holder | undefined {
  if (subject.type === 'controller') return undefined;
  return subject.type === 'api-key' ? subject.home?.owner : subject;
}

/** Whose turns and bounds a caller has: one with many keys is one caller. */
export function payerOf(subject: Subject): string {
  return authorityOf(subject)?.id ?? subject.id;
}

/**
 * Whose turns dear work in an organization has: those of `payer`, the person who owns it or who made it, so that one person has the turns of one, however many
 * organizations, members, service accounts and keys they have. An organization that belongs to no person has turns of its own.
 */
export function payerIn(organizationId: string, payer: string | null | undefined): string {
  return payer ? toId('user', payer) : organizationId;
}

/** As payerOf; a service account has the turns of the payer of the organization in which it calls (docs/adr/0019): one more costs nothing to make. */
export function payerHere(
  subject: Subject,
  { id, payer }: { readonly id?: string | undefined; readonly payer?: string | null | undefined },
): string {
  return id === undefined || authorityOf(subject)?.type !== 'service-account' ? payerOf(subject) : payerIn(id, payer);
}

/** The policy store that a caller is bound to; undefined for most. */
export function storeOf(subject: Subject): KeyHome['store'] {
  return subject.type === 'api-key' ? subject.home?.store : undefined;
}

/** The hint for a key that is bound to a policy store and asks for something else; undefined for other callers. */
export function boundHint(subject: Subject): string | undefined {
  const store = storeOf(subject);
  return store && `The API key is bound to the policy store ${store.policyStoreId}: it asks this store, and does nothing else.`;
}

/** The hint for a key whose owner may not ask the policy store that it is bound to; undefined for other callers. */
export function ownerHint(subject: Subject, permission: string): string | undefined {
  const store = storeOf(subject);
  if (store === undefined) return undefined;
  const owner = authorityOf(subject)!.id;
  return `The API key is bound to the policy store ${store.policyStoreId}, and has no more authority than its owner: ${owner} needs a role with ${permission} in the project of the store.`;
}

/** What a role set is remembered under: each secret of a key has an end of its own, and each sign-in its second factor or none. */
export function memoName(subject: Subject): string {
  if (subject.type === 'user' && subject.signIn !== undefined) return `${subject.id}#${subject.signIn.secondFactorUntil}`;
  return subject.type === 'api-key' && subject.secret !== undefined ? `${subject.id}#${subject.secret}` : subject.id;
}
