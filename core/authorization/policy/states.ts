import { z } from 'zod';

/** The problems that a denial by a state can become, each with its status. The registry in api/http/problem.ts says what they are. */
export const problemsOfStates = {
  'mfa-required': 401,
  'not-found': 404,
  'organization-suspended': 403,
  'permission-denied': 403,
  'personal-organization': 409,
  'plan-required': 403,
  'resource-disabled': 403,
  'user-suspended': 403,
} as const;

type StateProblem = keyof typeof problemsOfStates;

/** The state in which a subject is asked about a resource that its organization has switched off. */
export const resourceDisabled = 'state/resource-disabled';

/** What a state is, and how a denial by it is answered: with the title, as a problem with this status. */
export const stateSchema = z
  .strictObject({
    title: z.string().min(1).max(400),
    problem: z.enum(Object.keys(problemsOfStates) as [StateProblem, ...StateProblem[]]),
    status: z.number().int(),
    /** The error of the challenge that goes with 401 (RFC 9470 section 3). */
    challenge: z.enum(['insufficient_user_authentication']).optional(),
  })
  .superRefine(({ problem, status, challenge }, context) => {
    const right = problemsOfStates[problem];
    if (status !== right) context.addIssue({ code: 'custom', path: ['status'], message: `must be ${right}, as ${problem} is answered` });
    if ((challenge !== undefined) !== (status === 401))
      context.addIssue({ code: 'custom', path: ['challenge'], message: 'goes with status 401, and that with a challenge' });
  });

/** A fact that changes what is allowed; a role in the eyes of the policy. */
export type State = z.infer<typeof stateSchema>;

/** The state of this name, if it is one. Revisions of before hold its title alone. */
export function findState(states: Readonly<Record<string, State | string>>, name: string): State | undefined {
  const found = Object.hasOwn(states, name) ? states[name] : undefined;
  return typeof found === 'string' ? { title: found, problem: 'permission-denied', status: 403 } : found;
}
