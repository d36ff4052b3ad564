/** The forms in which a command prints what it has found. */
export const formats = ['table', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

/** What an access plan may find for which a reviewer wants it stopped. */
export const planFindings = ['gain', 'loss', 'sensitive-gain', 'lockout'] as const;
export type PlanFinding = (typeof planFindings)[number];

/** What a plan of a policy store may find for which a reviewer wants it stopped. */
export const storePlanFindings = ['gain', 'loss', 'conditional'] as const;
export type StorePlanFinding = (typeof storePlanFindings)[number];

/** What a replay of the decisions of a policy store may find for which a reviewer wants it stopped. */
export const storeReplayFindings = ['gain', 'loss'] as const;
export type StoreReplayFinding = (typeof storeReplayFindings)[number];

/** The forms of a plan beside those of `-o`. */
export const planForms = ['markdown', 'github', 'sarif', 'junit'] as const;
export type PlanForm = (typeof planForms)[number];

/** Whose names a report for people has in the place of ids. `places` leaves people out, with their own keys and their personal organizations. */
export const namings = ['all', 'places', 'none'] as const;
export type NamedThings = (typeof namings)[number];
