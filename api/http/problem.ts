import {
  AlreadyExists,
  type Challenge,
  FailedPrecondition,
  type InputError,
  PermissionDenied,
  RateLimited,
  TenetError,
  Unauthenticated,
  Unavailable,
  VersionMismatch,
} from '../../core/base/errors.ts';
import { fragmentOf } from '../../core/base/json-pointer.ts';
import type { Reply } from './message.ts';

/** One kind of failure that a caller can meet: its status, its short title, and what to do about it. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly description: string;
}

/** Every problem type that Tenet answers with (RFC 9457), by slug. The slug is also the `code` member and the `code` of the error that core throws. */
export const problems = {
  'already-exists': {
    status: 409,
    title: 'It exists already',
    description: 'Something else already has this name or place. Choose another name, or use what exists.',
  },
  'application-failed': {
    status: 502,
    title: 'The application failed',
    description:
      'The installed application took the request and broke off before it had answered. Whether it has done what was asked is not known; its logs may say more.',
  },
  'application-timeout': {
    status: 504,
    title: 'The application did not answer',
    description:
      'The installed application took the request and sent nothing for too long. Whether it has done what was asked is not known.',
  },
  'bad-request': {
    status: 400,
    title: 'The request is not HTTP that Tenet understands',
    description: 'The request line, a header or an escape in the path is malformed. Correct the client; sending it again will not help.',
  },
  'confirmation-mismatch': {
    status: 422,
    title: 'The confirmation does not match',
    description:
      'This kind of organization wants the operation confirmed: send what the detail names as confirmation in the body, letter by letter. Nothing was changed.',
  },
  'erasure-blocked': {
    status: 409,
    title: 'Something has to be settled before the erasure',
    description:
      'Others depend on what you hold. The member erasureBlockers lists each, such as an organization that you own, with what to do. Nothing was erased; settle them, and send the request again.',
  },
  'expectation-failed': {
    status: 417,
    title: 'The expectation cannot be met',
    description: 'The Expect header asks for something that this server does not do; it knows 100-continue only. Leave the header out.',
  },
  'failed-precondition': {
    status: 409,
    title: 'Not possible in the present state',
    description:
      'The request is well formed and allowed, but the state of the resource does not admit it now. The detail says what has to change first.',
  },
  'grants-remain': {
    status: 409,
    title: 'Grants are in the way',
    description:
      'It can be done when certain grants are gone. The member blockers lists the first hundred of them, and the detail says how many there are: revoke them, and send the request again.',
  },
  'header-fields-too-large': {
    status: 431,
    title: 'The headers are too large',
    description: 'Send fewer or shorter headers. A very long bearer token or cookie is the usual cause.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key belongs to another request',
    description: 'This Idempotency-Key was used with another body. Use a fresh key for a different request.',
  },
  internal: {
    status: 500,
    title: 'Tenet failed',
    description: 'This is a fault of the server. Nothing was changed. Give the requestId to the operators of this installation.',
  },
  'invalid-input': {
    status: 400,
    title: 'The input is not valid',
    description:
      'The errors member names every part of the request that is wrong: pointer into the body, or the name of a parameter. Correct them and send the request again.',
  },
  'invitation-not-pending': {
    status: 409,
    title: 'The invitation is not pending',
    description:
      'The invitation was accepted, declined or revoked, or it expired. Ask an administrator of the organization for a new one; as an administrator, create it.',
  },
  'last-owner': {
    status: 409,
    title: 'The organization would be left without its owner',
    description:
      'An organization keeps at least one member at the top level. Give that role to somebody else first. Where the policy guards the owner, a change that would take the role from them is answered permission-denied until they have transferred the ownership: createOwnershipTransfer.',
  },
  'limit-exceeded': {
    status: 403,
    title: 'A limit is reached',
    description:
      'A hard limit of the plan or the installation is reached; limit and current say which. Remove something or raise the limit. Waiting does not help.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    description: 'The body does not parse as JSON (RFC 8259), or is not UTF-8. Correct the client.',
  },
  'managed-by': {
    status: 409,
    title: 'Managed by a manifest',
    description: 'A Kubernetes manifest owns this field; managedBy names it. Change the manifest instead.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'No such method here',
    description: 'The path exists, but not with this method. The Allow header lists the methods that do.',
  },
  'mfa-required': {
    status: 401,
    title: 'A second factor is required',
    description:
      'The organization asks for a second factor that this sign-in lacks. Sign in again with one; WWW-Authenticate has the challenge (RFC 9470).',
  },
  'not-acceptable': {
    status: 406,
    title: 'No acceptable representation',
    description: 'The Accept header excludes every media type that this operation has. Accept application/json.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    description:
      'It does not exist, or you may not know that it does: both look the same. Check the id, or ask an administrator of the organization for access.',
  },
  'not-to-oneself': {
    status: 403,
    title: 'You cannot give this to yourself',
    description:
      'Your role may give this role to others without holding what is in it, and this kind of organization does not let you give it to yourself. Ask another administrator.',
  },
  'organization-suspended': {
    status: 403,
    title: 'The organization is suspended',
    description:
      'The organization can be looked at, and nothing in it changes. GET it: suspensions says since when and why. The detail says who can lift it.',
  },
  'ownership-transfer-not-pending': {
    status: 409,
    title: 'The ownership transfer is not pending',
    description: 'The offer was accepted, declined or cancelled, or it expired. The owner can make a new one: createOwnershipTransfer.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    description: 'Send a smaller body, or several requests.',
  },
  'permission-denied': {
    status: 403,
    title: 'Permission denied',
    description:
      'The policy did not allow it. requiredPermission names what was missing; decisionId finds the explanation for people who may read it.',
  },
  'personal-organization': {
    status: 409,
    title: 'The organization is a personal one',
    description:
      'It belongs to one person: nobody is invited to it, and it is not left, given away or deleted. Create an organization to work with others.',
  },
  'plan-required': {
    status: 403,
    title: 'The plan does not include this',
    description:
      'This kind of organization needs an entitlement that the account does not have. Ask the operators of this installation for it; no role helps.',
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match is required',
    description:
      'Read the resource, then repeat the request with its ETag in If-Match. So no change is overwritten unseen (RFC 6585 section 3).',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    description: 'Wait for the number of seconds in Retry-After, then send the request again.',
  },
  'request-in-progress': {
    status: 409,
    title: 'The same request is still running',
    description: 'A request with this Idempotency-Key has not finished. Wait a moment, then repeat it with the same key to get its answer.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    description: 'The headers or the body did not arrive in time. Send the request again on a new connection.',
  },
  'resource-disabled': {
    status: 403,
    title: 'The resource is switched off',
    description:
      'The organization has switched it off, everywhere or in this project. The member restrictions says where and since when; members of the organization also get the reason, and callers with restriction:list the id. Ask an administrator of the organization.',
  },
  'resource-in-use': {
    status: 409,
    title: 'The resource is in use',
    description:
      'Installed applications, references of other resources or settings have it. instanceBlockers, resourceBlockers and settingBlockers list those that you may see; instances, resources and settings say how many there are. Give each another one first.',
  },
  'role-in-use': {
    status: 409,
    title: 'The role is in use',
    description:
      'The role is held, is given access itself, or is offered by pending invitations. The members grants and invitations say how many there are, and blockers lists the first hundred grants. Send the id of another role as successor, which takes its place in all of them, or revoke them first.',
  },
  'setting-locked': {
    status: 409,
    title: 'The setting is locked',
    description:
      'The organization has locked the setting, so its projects have the value of the organization and none of their own. Have it unlocked there: replaceSetting with isLocked false.',
  },
  unauthenticated: {
    status: 401,
    title: 'Authentication is needed',
    description:
      'Send a valid access token: Authorization: Bearer <token>. An expired token, another audience or an unknown issuer all look the same here.',
  },
  unavailable: {
    status: 503,
    title: 'Unavailable for now',
    description:
      'A part that Tenet needs, such as its database or the identity provider, does not answer. Try again after the seconds in Retry-After.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    description: 'The Content-Type of the body is missing, or is none that this operation takes. Send application/json.',
  },
  'user-suspended': {
    status: 403,
    title: 'You are suspended',
    description: 'Your account is suspended on the whole installation. Ask the operators of this installation.',
  },
  'version-mismatch': {
    status: 412,
    title: 'It has changed since you read it',
    description:
      'If-Match named another version than the stored one, or If-None-Match the stored one; ETag holds the present one. Read it again and repeat your change.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemSlug = keyof typeof problems;

/** Where the documentation of problem types lives unless an installation says otherwise. */
export const defaultProblemBase = 'https://tenet.dev/problems/';

/** The path exists, but not with this method; `allow` are the methods that do (RFC 9110 section 15.5.6). */
export class MethodNotAllowed extends TenetError {
  readonly allow: readonly string[];

  constructor(allow: readonly string[]) {
    super('method-not-allowed', `This path takes ${allow.join(', ')}.`);
    this.allow = allow;
  }
}

/** The Accept header leaves nothing that the operation could answer with. */
export class NotAcceptable extends TenetError {
  constructor(available: readonly string[]) {
    super('not-acceptable', `This operation answers with ${available.join(' or ')}.`);
  }
}

/** The body has a media type that the operation does not take. */
export class UnsupportedMediaType extends TenetError {
  constructor(taken: readonly string[]) {
    super('unsupported-media-type', `This operation takes ${taken.join(' or ')}; say so in Content-Type.`);
  }
}

/** What toProblem has to know about the request that failed. */
export interface ProblemContext {
  readonly requestId: string;
  /** URI in front of the slug, ending in a slash. */
  readonly base?: string;
  /** Seconds for Retry-After on 429 and 503 when the error does not bring its own. */
  readonly retryAfter?: number;
}

/** The slug in the registry for what was thrown; anything that is not an error of ours is `internal`. */
export function problemSlug(error: unknown): ProblemSlug {
  if (!(error instanceof TenetError)) return 'internal';
  if (Object.hasOwn(problems, error.code)) return error.code as ProblemSlug;
  if (error instanceof FailedPrecondition) return 'failed-precondition';
  if (error instanceof AlreadyExists) return 'already-exists';
  return 'internal';
}

/** The one map from what was thrown to what the caller reads (RFC 9457). It never throws, and an unknown error tells nothing about itself. */
export function toProblem(error: unknown, context: ProblemContext): Reply {
  const slug = problemSlug(error);
  const kind: ProblemKind = problems[slug];
  const known = error instanceof TenetError && slug !== 'internal' ? error : undefined;
  const standard = {
    type: `${context.base ?? defaultProblemBase}${slug}`,
    title: kind.title,
    status: kind.status,
    detail: known?.message ?? kind.description,
    instance: `urn:tenet:request:${encodeURIComponent(context.requestId)}`,
    code: slug,
    requestId: context.requestId,
  };
  // The members of RFC 9457 first, for people who read it, and nothing takes their place.
  const body = { ...standard, ...known?.fields, ...errorsOf(known), ...standard };
  return { status: kind.status, body, headers: headersOf(error, kind.status, context), contentType: 'application/problem+json' };
}

/** The parts of the input that are wrong, with their places as fragments of a URI. */
function errorsOf(known: TenetError | undefined): { errors?: InputError[] } {
  const errors = known?.fields['errors'] as InputError[] | undefined;
  if (errors === undefined) return {};
  return { errors: errors.map((one) => (one.pointer === undefined ? one : { ...one, pointer: fragmentOf(one.pointer) })) };
}

function headersOf(error: unknown, status: number, context: ProblemContext): Record<string, string> {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  if (error instanceof MethodNotAllowed) headers['Allow'] = error.allow.join(', ');
  if (error instanceof VersionMismatch && typeof error.fields['etag'] === 'string') headers['ETag'] = error.fields['etag'];
  if (status === 401) headers['WWW-Authenticate'] = challenge(error);
  if (status === 429 || status === 503) headers['Retry-After'] = String(retryAfter(error, context));
  return headers;
}

/** A request without any credential gets the bare challenge: RFC 6750 section 3.1 wants no error code there. */
function challenge(error: unknown): string {
  if (error instanceof PermissionDenied && error.reason.challenge !== undefined) return stepUp(error.reason.challenge);
  const without = error instanceof Unauthenticated && error.reason === 'no-credential';
  return without ? 'Bearer realm="tenet"' : 'Bearer realm="tenet", error="invalid_token"';
}

/** RFC 9470 section 3. */
function stepUp({ error, acrValues, maxAge }: Challenge): string {
  return [
    `Bearer realm="tenet", error="${error}", error_description="A second factor is required"`,
    ...(acrValues === undefined ? [] : [`acr_values="${acrValues.join(' ')}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ].join(', ');
}

function retryAfter(error: unknown, context: ProblemContext): number {
  const own = error instanceof RateLimited || error instanceof Unavailable ? error.retryAfter : undefined;
  return typeof own === 'number' && own >= 0 ? Math.ceil(own) : (context.retryAfter ?? 5);
}
