/** The state of everything that a build is made from. */
export function sourceState(root: string): object;
/** Where a build keeps the record of what it was made from. */
export function recordPath(root: string): string;
/** Whether the build in dist/ is of the sources as they are now. */
export function buildIsFresh(root: string): boolean;
/** The built file of a source, a path, while the build is fresh; `undefined` where the source has to run as it is. */
export function builtFile(root: string, path: string): string | undefined;
