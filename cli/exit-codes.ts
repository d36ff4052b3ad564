import type { Command } from 'commander';

/** What every command ends with. */
export const usualCodes: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'it failed, or what was checked does not hold; standard error says what to do',
  2: 'called in a wrong way: an unknown command or option, a value that an option cannot have',
};

const behind = 'with `--wait`: a replica does not decide by what is in force';
const stale = 'with `--plan`: the plan is stale; nothing was changed';
const blocked = 'with `--plan`: a rail blocks it, or it is of something else; nothing was changed';
const storePlanned = {
  20: 'with `--plan`: it is of other files; nothing was changed',
  21: stale,
  22: 'with `--plan`: it looked at a sample of the entities alone, and `--allow-sample` is not given; nothing was changed',
};
const failingTests = { 1: 'a test fails', 3: 'there is nothing to test', 4: 'less is tested than `--min` demands' };
const findings = { 1: 'errors, with `--fail-on warning` warnings too' };

/** What each verb of `policy` and `policy-store` ends with besides, and what 1 means where that is more than a failure (docs/cli.md). */
export const verbCodes: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'policy lint': findings,
  'policy test': failingTests,
  'policy diff': { 10: 'the policies differ' },
  'policy export': {},
  'policy plan': {
    1: 'the files must not come into force',
    10: 'the access of a subject changes',
    20: 'a rail blocks it, or it finds what `--fail-on` names',
  },
  'policy replay': { 1: 'the log has no decisions to take again, or faults', 10: 'a decision comes out the other way' },
  'policy snapshot': {},
  'policy propose': {},
  'policy apply': { 1: 'a replica demands a signature that the files lack', 3: behind, 20: blocked, 21: stale },
  'policy status': { 3: 'a replica does not decide by what is in force' },
  'policy sign': {},
  'policy verify': { 1: 'a scope is not signed' },
  'policy history': {},
  'policy show': {},
  'policy rollback': { 1: 'a replica demands a signature that the revision lacks' },
  'policy activate': { 1: 'a replica demands a signature that the revision lacks', 3: behind, 20: blocked, 21: stale },
  'policy rollout status': {},
  'policy rollout promote': { 1: 'the gates are not met, or a replica demands a signature that the candidate lacks', 3: behind },
  'policy rollout cancel': { 3: behind },
  'policy explain': { 1: 'denied' },
  'policy who-can': {},
  'policy what-can': {},
  'policy-store lint': findings,
  'policy-store test': failingTests,
  'policy-store sign': {},
  'policy-store verify': { 1: 'none of the keys has signed the files' },
  'policy-store list': {},
  'policy-store create': {},
  'policy-store keys': {},
  'policy-store propose': {},
  'policy-store apply': { ...storePlanned, 1: 'something is wrong with the files, or no signing key of the store has signed them' },
  'policy-store activate': { ...storePlanned, 1: 'something is wrong with the revision, or no signing key of the store has signed it' },
  'policy-store rollout status': {},
  'policy-store rollout promote': { 1: 'the gates are not met' },
  'policy-store rollout cancel': {},
  'policy-store explain': { 1: 'denied' },
  'policy-store plan': {
    10: 'the change does something for the entities, or may',
    20: 'it finds what `--fail-on` names',
    22: 'it looked at a sample of the entities that the change may reach alone, so there may be more than it says',
  },
  'policy-store diff': {
    10: 'the policies differ',
    20: 'it finds what `--fail-on` names',
    22: 'it looked at a sample of the entities alone',
  },
  'policy-store replay': {
    1: 'no decisions were kept, or the log has faults',
    10: 'a decision comes out the other way',
    20: 'it finds what `--fail-on` names',
  },
  'policy-store history': {},
  'policy-store show': {},
  'policy-store rollback': { 1: 'no signing key of the store has signed the revision' },
  'policy-store export': {},
  'policy-store entities import': {},
  'policy-store entities export': {},
};

/** The verbs at the ends of a command, as they are called. */
export function verbsOf(command: Command, before: readonly string[] = []): { readonly name: string; readonly verb: Command }[] {
  const path = [...before, command.name()];
  if (command.commands.length === 0) return [{ name: path.join(' '), verb: command }];
  return command.commands.flatMap((each) => verbsOf(each, path));
}

/** Lets the help of each of these verbs say what it ends with. */
export function addExitCodes(command: Command): void {
  for (const { name, verb } of verbsOf(command))
    verb.addHelpText('after', () => `\nExit codes: ${sentenceOf({ ...usualCodes, ...verbCodes[name] }).replaceAll('`', '')}.`);
}

const sentenceOf = (codes: Readonly<Record<number, string>>): string =>
  Object.entries(codes)
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join('; ');
