import type { Labels } from '../base/labels.ts';

/** A member as a manifest wants them: known by e-mail address, lower case. */
export interface DesiredMember {
  readonly email: string;
  readonly roles: readonly string[];
  readonly until?: Date | undefined;
  /** Without them, the labels are the API's. */
  readonly labels?: Labels | undefined;
}

/** Whether the time of an entry has passed: the person holds no role by it any more, and is not invited by it. */
export function hasEnded({ until }: Pick<DesiredMember, 'until'>): boolean {
  return until !== undefined && until.getTime() <= Date.now();
}

/** The state of an entry whose member has lost the address. */
export function unverified({ email }: Pick<DesiredMember, 'email'>): MemberStatus {
  const message =
    'The member who joined by this address does not have it verified any more: they keep what they have and get nothing new. List their present address, or remove the entry.';
  return { email, state: 'Unverified', message };
}

/** The state of an entry whose time has passed. */
export function ended({ email, until }: DesiredMember): MemberStatus {
  return {
    email,
    state: 'Ended',
    message: `The roles of this entry ended at ${until!.toISOString()}. Remove it, or give it a later until.`,
  };
}

/** How far a wanted member has come. Declined is respected: the person is not invited again. */
export interface MemberStatus {
  readonly email: string;
  readonly state:
    | 'Active'
    | 'Inactive'
    | 'External'
    | 'Invited'
    | 'Expired'
    | 'Ended'
    | 'Unverified'
    | 'Declined'
    | 'Conflict'
    | 'NotAMember'
    | 'Refused'
    | 'Postponed';
  readonly message?: string;
}
