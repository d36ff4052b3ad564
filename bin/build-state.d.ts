/** The state of everything that a build is made from. */
export function sourceState(root: string): object;
/** Where a build keeps the record of what it was made from. */
export function recordPath(root: string): string;
