/** A failure that core knows by name. `code` is stable and becomes the slug of the problem type; `detail` is for the caller; `cause` is for the log only. */
export class TenetError extends Error {
  readonly code: string;
  /** Public members beside `detail`, for example `{ requiredPermission: 'member:remove' }`. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, detail: string, fields: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(detail, options);
    this.name = new.target.name;
    this.code = code;
    this.fields = fields;
  }
}

/** One part of the input that is wrong; `pointer` is an RFC 6901 pointer into the body, `parameter` the name of a path, query or header parameter. */
export interface InputError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

/** The input does not say something that can be done. */
export class InvalidInput extends TenetError {
  constructor(detail: string, errors: readonly InputError[] = [], options?: ErrorOptions) {
    super('invalid-input', detail, errors.length > 0 ? { errors } : {}, options);
  }
}

/** No credential, or one that does not hold. `reason` is a constant for logs and tests; it never reaches the caller. */
export class Unauthenticated extends TenetError {
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super('unauthenticated', 'A valid bearer token is needed.', {}, options);
    this.reason = reason;
  }
}

/** Why the policy said no, where more can be said than what was missing. */
export interface DenialReason {
  /** What the request lacks, or the state that denies it, for example that the organization is suspended. */
  readonly hint?: string | undefined;
  /** The problem that a denial by this state becomes. */
  readonly problem?: string | undefined;
  /** Its challenge (RFC 9470). */
  readonly challenge?: Challenge | undefined;
}

/** What a sign-in lacks, and what a new one has to ask the identity provider for. */
export interface Challenge {
  readonly error: string;
  readonly acrValues?: readonly string[] | undefined;
  readonly maxAge?: number | undefined;
}

/** The policy said no. `requiredPermission` is the `resource:action` that was missing; `decisionId` finds the explanation. */
export class PermissionDenied extends TenetError {
  readonly reason: DenialReason;

  constructor(
    requiredPermission: string,
    decisionId: string,
    fields: Readonly<Record<string, unknown>> = {},
    { hint, problem = 'permission-denied', challenge }: DenialReason = {},
  ) {
    const isPlain = problem === 'permission-denied' || hint === undefined;
    const missing = isPlain ? `You do not have the permission ${requiredPermission} here.` : undefined;
    super(problem, [missing, hint].filter(Boolean).join(' '), { requiredPermission, decisionId, ...fields });
    this.reason = { hint, problem, challenge };
  }

  /** The same, with the decision that is kept in the place of one that is like it. */
  explainedBy(decisionId: string, kept: string): PermissionDenied {
    const { requiredPermission, decisionId: own, ...fields } = this.fields;
    return own === decisionId && kept !== own ? new PermissionDenied(String(requiredPermission), kept, fields, this.reason) : this;
  }
}

const noSuch = 'There is no such resource, or you may not see it';

/** It does not exist, or the caller may not know that it does: both look the same. */
export class NotFound extends TenetError {
  constructor(detail = `${noSuch}.`) {
    super('not-found', detail);
  }

  /** What was not found is named by these parameters of the path, and what is around it is there; an error that says more itself stays as it is. */
  by(names: readonly string[]): NotFound {
    if (names.length === 0 || this.message !== `${noSuch}.`) return this;
    return new NotFound(`${noSuch}: nothing here has this ${names.join(' and ')}.`);
  }
}

/** The confirmation that was typed is not `what`, or none was. The value itself is not said. */
export class ConfirmationMismatch extends TenetError {
  constructor(what: string) {
    super('confirmation-mismatch', `This has to be confirmed: send ${what} as confirmation. Nothing was changed.`, {
      errors: [{ pointer: '#/confirmation', detail: `must be ${what}` }],
    });
  }
}

/** Something else already has this name or place. */
export class AlreadyExists extends TenetError {
  constructor(detail: string, fields: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super('already-exists', detail, fields, options);
  }
}

/** The state of things does not allow it now. */
export class FailedPrecondition extends TenetError {
  constructor(code: string, detail: string, fields: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(code, detail, fields, options);
  }
}

/** If-Match or If-None-Match does not admit the version that is stored (RFC 9110 section 13.1); `etag` is that version, undefined where there is nothing. */
export class VersionMismatch extends TenetError {
  constructor(etag: string | undefined, detail = 'It has changed since you read it. Read it again and repeat your change.') {
    super('version-mismatch', detail, etag === undefined ? {} : { etag });
  }
}

/** A hard limit of the plan or the installation is reached. */
export class LimitExceeded extends TenetError {
  constructor(detail: string, limit: number, current: number, more: ErrorOptions & { fields?: Readonly<Record<string, unknown>> } = {}) {
    super('limit-exceeded', detail, { limit, current: Math.floor(current), ...more.fields }, more);
  }
}

/** Too much in a window of time; the caller may try again after `retryAfter` seconds. */
export class RateLimited extends TenetError {
  readonly retryAfter: number;

  constructor(detail: string, { retryAfter, ...fields }: { retryAfter: number; limit?: number; current?: number }) {
    super('rate-limited', detail, fields);
    this.retryAfter = retryAfter;
  }
}

/** A part that Tenet needs (database, identity provider) does not answer; the caller may try again. */
export class Unavailable extends TenetError {
  /** Seconds after which it may help to try again, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(detail: string, { retryAfter, ...options }: ErrorOptions & { retryAfter?: number } = {}) {
    super('unavailable', detail, {}, options);
    this.retryAfter = retryAfter;
  }
}
