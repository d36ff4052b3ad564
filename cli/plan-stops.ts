import { counted } from '../core/base/counted.ts';

/** Whether a plan finds some of what `--fail-on` names; it says on standard error which. `isSample`: what it does not look at may be of each kind. */
export function isStopped<F extends string>(failOn: readonly F[], count: (finding: F) => number, isSample = false): boolean {
  const found = failOn.filter((finding) => isSample || count(finding) > 0);
  for (const finding of found) {
    const what = isSample ? `at least ${counted(count(finding))}, for the plan is of a sample` : counted(count(finding));
    console.error(`tenet: stopped by --fail-on ${finding}: ${what}`);
  }
  return found.length > 0;
}
