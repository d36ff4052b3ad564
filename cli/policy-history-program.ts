import { type Command, Option } from 'commander';
import { allowUnsigned, count, dropRole, gate, output, renameRole, stage, wait } from './flags.ts';
import { exit } from './program-options.ts';

/** The verbs of `tenet policy` about stored revisions: what was in force, what comes into force, and in which stages. */
export function addPolicyHistory(policy: Command): void {
  policy
    .command('history')
    .argument('[scope]', 'platform, blueprint.<kind> or the id of an organization; without it every scope that policy files make')
    .description('list what was in force: when, by whom, how and why; needs access to the database')
    .addOption(new Option('--limit <number>', 'the most entries to print, newest first').argParser(count).default(20))
    .addOption(output())
    .action(async (scope: string | undefined, options) => (await import('./policy-history.ts')).history(scope, options));
  policy
    .command('show')
    .argument('<revision>', 'a revision such as blueprint.teams@3; without @3 the one in force')
    .description('print a revision with its rows; needs access to the database')
    .addOption(output())
    .action(async (revision: string, options) => (await import('./policy-history.ts')).show(revision, options));
  policy
    .command('rollback')
    .argument('<revision>', 'a revision that was in force, such as blueprint.teams@3; without @3 what was in force before')
    .description('put an earlier revision into force again; needs access to the database')
    .requiredOption('--reason <text>', 'why, for the record')
    .addOption(renameRole('the revision'))
    .addOption(dropRole('the revision'))
    .addOption(allowUnsigned())
    .addOption(output())
    .action(async (revision: string, options) => (await import('./policy-history.ts')).rollback(revision, options));
  policy
    .command('activate')
    .argument('<revision>', 'a stored revision, such as blueprint.teams@3')
    .description('put a stored revision into force, at once or in stages; needs access to the database')
    .addOption(stage())
    .requiredOption('--reason <text>', 'why, for the record')
    .addOption(gate())
    .option('--plan <id or file>', 'the access plan that says which differences are meant: a stored one, or the JSON of policy plan')
    .option('--force', 'promote an open rollout also where its gates are not met')
    .addOption(renameRole('the revision'))
    .addOption(dropRole('the revision'))
    .addOption(allowUnsigned())
    .addOption(wait())
    .addOption(output())
    .action(async (revision: string, options) => exit(await (await import('./policy-rollout.ts')).activate(revision, options)));
  const rollout = policy.command('rollout').description('revisions that come into force in stages; needs access to the database');
  rollout
    .command('status')
    .argument('[scope]', 'platform or blueprint.<kind>, with the rollouts that have ended; without it what is open')
    .description('list rollouts with what their comparison has found')
    .addOption(output())
    .action(async (scope: string | undefined, options) => (await import('./policy-rollout-status.ts')).status(scope, options));
  rollout
    .command('promote')
    .argument('<scope>', 'platform or blueprint.<kind>')
    .description('move the open rollout of a scope on')
    .addOption(stage())
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--force', 'also where its gates are not met')
    .addOption(renameRole('the revision'))
    .addOption(dropRole('the revision'))
    .addOption(allowUnsigned())
    .addOption(wait())
    .addOption(output())
    .action(async (scope: string, options) => exit(await (await import('./policy-rollout.ts')).promote(scope, options)));
  rollout
    .command('cancel')
    .argument('<scope>', 'platform or blueprint.<kind>')
    .description('end the open rollout of a scope: what is in force decides everywhere')
    .requiredOption('--reason <text>', 'why, for the record')
    .addOption(wait())
    .addOption(output())
    .action(async (scope: string, options) => exit(await (await import('./policy-rollout.ts')).cancel(scope, options)));
}
