import { Argument, Command, Option } from 'commander';
import { addExitCodes } from './exit-codes.ts';
import {
  allowUnsigned,
  cases,
  collect,
  count,
  days,
  dropRole,
  failOn,
  names,
  output,
  percent,
  planForm,
  renameRole,
  wait,
} from './flags.ts';
import { planFindings } from './formats.ts';
import { addPolicyHistory } from './policy-history-program.ts';
import { addPolicyStore } from './policy-store-program.ts';
import { exit, formOf, type Printed, type Reported, reported } from './program-options.ts';
import { version } from './version.ts';

/** The `tenet` command. Each verb loads its own module when it is called, so that a short command starts fast. */
export function program(): Command {
  const tenet = new Command('tenet').description('A control plane for organizations and projects.').version(version()).exitOverride();

  tenet
    .command('serve')
    .description('start the server; without DATABASE_URL on an embedded PostgreSQL')
    .option('--kubeconfig <file>', 'cluster whose Organization and Project manifests are reconciled; none for no cluster')
    .option('--manifests <directory>', 'directory of manifests to reconcile without a cluster')
    .option('--prune', 'carry out the deletionPolicy of manifests that leave that directory')
    .action(async (flags) => (await import('./serve.ts')).serve(flags));

  tenet
    .command('migrate')
    .description('bring the schema of the database up to date and exit')
    .action(async () => (await import('./database.ts')).migrateDatabase());

  tenet
    .command('config')
    .description('print the configuration that the environment gives, secrets left out')
    .addOption(output())
    .action(async (options) => (await import('./show-config.ts')).showConfig(options));

  const dev = tenet.command('dev').description('for local use');
  dev
    .command('token')
    .description('print an access token of the local issuer')
    .requiredOption('--email <address>', 'e-mail address of the user; counts as verified')
    .option('--subject <subject>', 'subject of the user; the e-mail address when it is not given')
    .option('--name <name>', 'name of the user')
    .option('--mfa', 'as after a sign-in with a second factor')
    .option('--operator', 'also make the user an operator of the platform')
    .action(async (options) => (await import('./dev-token.ts')).devToken(options));
  dev
    .command('reset')
    .description('begin afresh: remove the embedded database, the local keys and mails')
    .option('--yes', 'do not ask')
    .action(async (options) => (await import('./dev-reset.ts')).devReset(options));

  const operator = tenet.command('operator').description('people who run the platform');
  operator
    .command('add')
    .description('give platform roles to a user; needs access to the database')
    .requiredOption('--issuer <url>', 'issuer of the user')
    .requiredOption('--subject <subject>', 'subject of the user')
    .option('--role <role...>', 'platform roles', ['platform/operator', 'platform/policy-admin', 'platform/auditor'])
    .action(async (options) => (await import('./operator.ts')).addOperator(options));
  operator
    .command('list')
    .description('print who holds platform roles; needs access to the database')
    .addOption(output())
    .action(async (options) => (await import('./operator.ts')).showOperators(options));
  operator
    .command('remove')
    .description('take platform roles from a user; needs access to the database')
    .option('--user <id>', 'user, as the list shows it')
    .option('--issuer <url>', 'issuer of the user, with --subject')
    .option('--subject <subject>', 'subject of the user, with --issuer')
    .option('--role <role...>', 'platform roles; without it all that the user holds')
    .option('--last', 'also when nobody else holds one of them')
    .action(async (options) => (await import('./operator.ts')).removeOperator(options));

  tenet
    .command('mfa')
    .description('the second factor that an organization requires')
    .command('lift <organization>')
    .description('require none any more, where those who could say so are shut out; needs access to the database')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (organization: string, options) => (await import('./mfa.ts')).liftMfa(organization, options));

  tenet
    .command('token')
    .description('access tokens of identity providers')
    .command('check [token]')
    .description('say what a token gives by this configuration, and why not; - or nothing reads it from standard input')
    .addOption(output())
    .action(async (token: string | undefined, options: Printed) =>
      exit(await (await import('./token-check.ts')).showTokenCheck(token, console.log, options.output)),
    );

  const keyring = tenet.command('keyring').description('the encryption keys of the installation');
  keyring
    .command('status')
    .description('say which keys are in use, and whether a rotation goes on; needs access to the database')
    .action(async () => (await import('./keyring.ts')).showKeyring());
  keyring
    .command('rotate')
    .description('make a new root key and put the data keys under it, or go on with that; needs access to the database')
    .option('--data-keys', 'give every organization a new data key instead, and seal its values with it')
    .action(async (options) => (await import('./keyring.ts')).rotate(options));
  keyring
    .command('drop <kid>')
    .description('take an earlier root key away from the data keys and the file; needs access to the database')
    .action(async (kid: string) => (await import('./keyring.ts')).dropKey(kid));
  keyring
    .command('forget <kid>')
    .description('give up a key that is lost; needs access to the database')
    .action(async (kid) => (await import('./keyring.ts')).forgetLostKey(kid));

  tenet
    .command('crds')
    .description('print the CustomResourceDefinitions of Organization, Project and PolicyRevision, for kubectl apply')
    .action(async () => (await import('./crds.ts')).printCrds());

  tenet
    .command('export [organization]')
    .description('print the manifests that say what organizations are, one by its slug or id or all; needs access to the database')
    .option('--namespace <name>', 'namespace of the projects that no manifest manages', 'default')
    .action(async (organization: string | undefined, options) => (await import('./export.ts')).exportManifests(organization, options));

  tenet
    .command('plan')
    .description('say what applying Organization and Project manifests would change, and for whom; needs access to the database')
    .requiredOption('-f, --filename <path...>', 'files and directories of manifests; - reads standard input')
    .option('--cluster <id>', 'where they will be applied: the uid of the namespace kube-system, or directory: and a path')
    .addOption(output())
    .addOption(new Option('--format <form>', 'form of the report, instead of -o').choices(['markdown']).conflicts('output'))
    .action(async (options) => exit(await (await import('./plan.ts')).planFiles(options)));

  tenet
    .command('audit')
    .description('who did what')
    .command('verify')
    .description('recompute the hash chains of the audit log; needs access to the database')
    .addOption(output())
    .action(async (options: Printed) => exit(await (await import('./audit-verify.ts')).verifyAudit(console.log, options.output)));

  const policy = tenet.command('policy').description('what is allowed');
  policy
    .command('lint')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description('check policy files without a database')
    .addOption(output())
    .addOption(reported())
    .addOption(new Option('--fail-on <level>', 'the least finding that makes it fail').choices(['error', 'warning']).default('error'))
    .option('--fix', 'first write the rows as they should be written: spaces, order, each row once')
    .action(async (directory = policyFolder(), options: Reported & { failOn: 'error' | 'warning'; fix?: true }) =>
      exit(await (await import('./policy-lint.ts')).lint(directory, console.log, formOf(options), options)),
    );
  policy
    .command('test')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description("run the policy files' own tests without a database")
    .addOption(output())
    .addOption(reported())
    .option('--filter <text>', 'only tests whose scope and name contain this; repeat it for more, all of which must be there', collect, [])
    .option('--coverage', 'say which rows decide no test, and which answers no test expects')
    .addOption(new Option('--min <percent>', 'the least share of rows and of answers that must be tested in each scope').argParser(percent))
    .option('--lcov <file>', 'also write which rows decided a test to a file, in the form of LCOV')
    .option('--scenarios', 'also play the scenarios, on a server that is started for it with a database of its own')
    .action(async (directory = policyFolder(), options: Tested) =>
      exit(await (await import('./policy-test.ts')).test(directory, console.log, formOf(options), options)),
    );
  policy
    .command('plan')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description('say what applying policy files would change for those who hold something')
    .option('--against <data>', 'whose grants: live for those of the database, or the file of a snapshot', 'live')
    .addOption(output())
    .addOption(planForm())
    .addOption(failOn(planFindings, 'gain,sensitive-gain'))
    .addOption(renameRole('the files', '[kind/]'))
    .addOption(dropRole('the files', '[kind/]'))
    .addOption(names())
    .action(async (directory: string | undefined, options) => exit(await (await import('./policy-plan.ts')).plan(directory, options)));
  policy
    .command('replay')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description('say which decisions of the decision log come out the other way under policy files; needs access to the database')
    .option('--revision <revision>', 'a stored revision instead of files, such as blueprint.teams@3')
    .option('--scope <scope>', 'only this scope of the files: platform or blueprint.<kind>')
    .addOption(new Option('--since <time>', 'the decisions of so many days or hours, such as 7d or 12h').argParser(days).default(7, '7d'))
    .addOption(new Option('--limit <number>', 'the most cases to decide again, used last first').argParser(cases).default(100_000))
    .addOption(output())
    .addOption(
      new Option('--format <form>', 'form of the report, instead of -o')
        .choices(['pretty', 'json', 'markdown', 'github', 'sarif', 'junit'])
        .conflicts('output'),
    )
    .addOption(names())
    .action(async (directory: string | undefined, options) =>
      exit(await (await import('./policy-replay.ts')).replay(directory, options, console.log, formOf(options))),
    );
  policy
    .command('snapshot')
    .description('write who holds what to a file, under pseudonyms, to plan without the database; needs access to the database')
    .requiredOption('--out <file>', 'where it is written: JSON lines, compressed by gzip')
    .option('--pseudonym-key-file <file>', 'a key of 32 bytes in base64, by which ids stay comparable; without it one that is forgotten')
    .addOption(output())
    .action(async (options) => (await import('./policy-snapshot.ts')).snapshot(options));
  policy
    .command('diff')
    .argument('[from]', 'a directory, git:<revision>[:<directory>], live, or a revision such as blueprint.teams@3', 'live')
    .argument('[to]', 'the same; without it the files of TENET_POLICIES (policies)')
    .description('compare two policies by what each role means: more, less, both or the same')
    .addOption(output())
    .addOption(reported())
    .action(async (from: string, to = policyFolder(), options: Reported) =>
      exit(await (await import('./policy-diff.ts')).diff(from, to, policyFolder(), console.log, formOf(options))),
    );
  policy
    .command('apply')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description('put policy files into force: a new revision of every scope that changed')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--git-commit <hash>', 'the commit that was reviewed')
    .addOption(
      new Option(
        '--plan <id or file>',
        'apply what was planned, if it still says what happens then: a stored access plan, or the JSON of policy plan',
      ).conflicts(['renameRole', 'dropRole']),
    )
    .addOption(renameRole('the files', '[kind/]'))
    .addOption(dropRole('the files', '[kind/]'))
    .addOption(allowUnsigned())
    .addOption(wait())
    .addOption(output())
    .action(async (directory: string | undefined, options) => exit(await (await import('./policy-apply.ts')).apply(directory, options)));
  policy
    .command('propose')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description('store policy files as revisions that are not in force, for activate; needs access to the database')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--git-commit <hash>', 'the commit that was reviewed')
    .addOption(output())
    .action(async (directory: string | undefined, options) => (await import('./policy-propose.ts')).propose(directory, options));
  policy
    .command('sign')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description('check policy files and sign what they say, into a file beside their directory')
    .requiredOption('--key <file>', 'the private Ed25519 key, in PEM or as a JWK')
    .option('--public', 'only print the public key, as TENET_POLICY_KEYS has it')
    .addOption(output())
    .action(async (directory = policyFolder(), options: Printed & { key: string; public?: true }) =>
      (await import('./policy-sign.ts')).sign(directory, options),
    );
  policy
    .command('verify')
    .argument('[directory]', 'policy files; without it those of TENET_POLICIES (policies)')
    .description('say whether what policy files say is signed')
    .option('--keys <file>', 'the public keys as a JWK Set; without it those of TENET_POLICY_KEYS')
    .addOption(output())
    .action(async (directory = policyFolder(), options: Printed & { keys?: string }) =>
      exit(await (await import('./policy-sign.ts')).verify(directory, options)),
    );
  policy
    .command('status')
    .description('say which revision of each scope is in force, and which replica decides by which')
    .addOption(output())
    .action(async (options: Printed) => exit(await (await import('./policy-status.ts')).status(console.log, options.output)));

  addPolicyHistory(policy);
  policy
    .command('explain')
    .argument('<subject>', 'the id of a user, a service account or an API key')
    .argument('<permission>', 'a resource type and an action, such as connection:delete')
    .description('say whether a subject may do something, by which row and which roles; needs access to the database')
    .addOption(place())
    .addOption(resourceId())
    .addOption(output())
    .action(async (subject: string, permission: string, options) =>
      exit(await (await import('./policy-ask.ts')).explainQuestion(subject, permission, options)),
    );
  policy
    .command('who-can')
    .argument('<permission>', 'a resource type and an action, such as connection:delete')
    .description('list who may do something, and by which row; needs access to the database')
    .addOption(place())
    .addOption(new Option('--type <type>', 'what is asked about').choices(['user', 'service-account', 'api-key']).default('user'))
    .addOption(new Option('--limit <number>', 'the most subjects to print').argParser(count).default(100))
    .addOption(resourceId())
    .addOption(output())
    .action(async (permission: string, options) => (await import('./policy-ask.ts')).listWhoCan(permission, options));
  policy
    .command('what-can')
    .argument('<subject>', 'the id of a user, a service account or an API key')
    .description('list everything that a subject may do; needs access to the database')
    .addOption(place())
    .option('--resource <type>', 'of this type of resource alone')
    .addOption(resourceId())
    .addOption(output())
    .action(async (subject: string, options) => (await import('./policy-ask.ts')).listWhatCan(subject, options));
  policy
    .command('export')
    .argument('<organization>', 'its slug or id')
    .description('write what is in force for one organization, and who holds what in it, for any Casbin; needs access to the database')
    .option('--to <directory>', 'where model.conf and policy.csv are written', '.')
    .addOption(output())
    .action(async (organization: string, options) => (await import('./policy-export.ts')).exportBundle(organization, options));

  addPolicyStore(tenet);
  for (const command of tenet.commands) if (command.name().startsWith('policy')) addExitCodes(command);

  tenet
    .command('completion')
    .description('print the script that completes tenet in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell) => console.log((await import('./completion.ts')).completionScript(shell, tenet)));

  tenet.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 called in a wrong way; plan: 10 when something changes, 20 when a rail stops it or something of it would be refused. Those of the verbs of policy and policy-store are in their own --help, and all in docs/cli.md.',
  );
  adviseHelp(tenet, 'npx tenet');
  return tenet;
}

type Tested = Reported & { filter: string[]; coverage?: true; min?: number; lcov?: string; scenarios?: true };

/** Lint and test work without a configuration, so that they can run where nothing else is set. */
const policyFolder = (): string => process.env['TENET_POLICIES'] || 'policies';

/** Which resource a question is about. */
const resourceId = (): Option => new Option('--resource-id <id>', 'one resource of the type, as a restriction may have switched off');

/** Where a question is asked. */
const place = (): Option =>
  new Option('--in <place>', 'an organization, or a project in it as in acme/web, by slugs or ids').makeOptionMandatory();

/** An error in how a command was called ends with how to list what it takes. */
function adviseHelp(command: Command, call: string): void {
  command.showHelpAfterError(`(${call} --help shows what there is)`);
  for (const sub of command.commands) adviseHelp(sub, `${call} ${sub.name()}`);
}
