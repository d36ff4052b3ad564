import { type Command, Option } from 'commander';
import { count, days, decisions, entityTypes, failOn, gate, output, percent, planForm, storeStage } from './flags.ts';
import { type PlanForm, type StorePlanFinding, type StoreReplayFinding, storePlanFindings, storeReplayFindings } from './formats.ts';
import { UsageError } from './options.ts';
import type { WantedGates } from './policy-rollout.ts';
import type { WantedStoreStage } from './policy-store-rollout.ts';
import { exit, formOf, type Printed, type Reported, reported } from './program-options.ts';

interface Planned {
  readonly format?: PlanForm;
  readonly failOn: readonly StorePlanFinding[];
  readonly allowSample?: true;
  readonly subjectTypes?: readonly string[];
}

/** What begins a rollout, or puts a revision into force. */
interface Staged extends Printed {
  readonly reason: string;
  readonly stage: WantedStoreStage;
  readonly gate?: WantedGates;
  readonly plan?: string;
  readonly allowSample?: true;
}

interface Replayed {
  readonly format?: PlanForm;
  readonly since: number;
  readonly limit: number;
  readonly failOn: readonly StoreReplayFinding[];
}

/** What the verbs that call a server take. */
const onServer = (command: Command): Command =>
  command
    .option('--server <url>', 'the server; without it TENET_URL, or http://127.0.0.1:8080')
    .option('--token-file <file>', 'a file that holds an access token or an API key; without it TENET_TOKEN');

const project = (): Option =>
  new Option('--in <project>', 'an organization and its project, by slugs or ids, as in acme/web').makeOptionMandatory();
const allowSample = (): Option => new Option('--allow-sample', 'go on where the plan looked at a sample of the entities alone');
const reason = (): Option => new Option('--reason <text>', 'why, for the record').makeOptionMandatory();
const gitCommit = (): Option => new Option('--git-commit <hash>', 'the commit that was reviewed');
const stageOrAll = (): Option => storeStage().default({ stage: 'ALL' }, 'all, at once');
const signedName = (): Option => new Option('--name <name>', 'the name of the store that the signature is for').makeOptionMandatory();
const storeText = 'organization, project and store, by slugs, names or ids, as in acme/web/Todo';
const revisionText = `${storeText}; with @3 behind it a revision`;

/** The verbs of `tenet policy-store`: the policies of applications, from files and through a server. */
export function addPolicyStore(tenet: Command): void {
  const store = tenet.command('policy-store').description('the policies of applications');

  store
    .command('lint')
    .argument('[directory]', 'model.conf, policy.csv and tests.yaml', '.')
    .description('check the files of a policy store and their tests, without a server')
    .addOption(output())
    .addOption(reported())
    .addOption(new Option('--fail-on <level>', 'the least finding that makes it fail').choices(['error', 'warning']).default('error'))
    .action(async (directory: string, options: Reported & { failOn: 'error' | 'warning' }) =>
      exit(await (await import('./policy-store-review.ts')).lintStore(directory, console.log, formOf(options), options)),
    );
  store
    .command('test')
    .argument('[directory]', 'model.conf, policy.csv and tests.yaml', '.')
    .description('run the tests of a policy store without a server, and say which rows no test looks at')
    .addOption(output())
    .addOption(reported())
    .addOption(new Option('--min <percent>', 'the least share of rows that must be tested').argParser(percent))
    .action(async (directory: string, options: Reported & { min?: number }) =>
      exit(await (await import('./policy-store-review.ts')).testStore(directory, console.log, formOf(options), options)),
    );
  store
    .command('sign')
    .argument('[directory]', 'model.conf, policy.csv and tests.yaml', '.')
    .description('check the files of a policy store and sign them, into a file beside their directory')
    .addOption(signedName())
    .requiredOption('--key <file>', 'the private Ed25519 key, in PEM or as a JWK')
    .addOption(output())
    .action(async (directory: string, options: { name: string; key: string; output: Printed['output'] }) =>
      exit(await (await import('./policy-store-sign.ts')).signStore(directory, options)),
    );
  store
    .command('verify')
    .argument('[directory]', 'model.conf, policy.csv and tests.yaml', '.')
    .description('say whether the files of a policy store are signed')
    .addOption(signedName())
    .option('--keys <file>', 'the public keys as a JWK Set; without it those of TENET_POLICY_KEYS')
    .addOption(output())
    .action(async (directory: string, options: { name: string; keys?: string; output: Printed['output'] }) =>
      exit(await (await import('./policy-store-sign.ts')).verifyStore(directory, options)),
    );
  onServer(store.command('list').description('list the policy stores of a project'))
    .addOption(project())
    .addOption(output())
    .action(async (options: Printed & { in: string }) => (await verbs()).listStores(options));
  onServer(store.command('create').argument('<name>', 'its name').description('make a policy store; it denies everything at first'))
    .addOption(project())
    .option('--description <text>', 'what it is for')
    .option('--signing-keys <file>', 'public keys as a JWK Set; what comes into force, one of them has signed')
    .addOption(output())
    .action(async (name: string, options: Printed & { in: string }) => (await verbs()).createStore(name, options));
  onServer(store.command('propose').argument('<store>', storeText).argument('[directory]', 'the files', '.'))
    .description('check files and store them as a revision that is not in force')
    .addOption(reason())
    .addOption(gitCommit())
    .addOption(output())
    .action(async (name: string, directory: string, options: Printed & { reason: string }) =>
      exit(await (await import('./policy-store-propose.ts')).proposeStore(name, directory, options)),
    );
  onServer(
    store
      .command('keys')
      .argument('<store>', storeText)
      .description('print the signing keys of a policy store, or change them: what comes into force, one of them has signed'),
  )
    .option('--set <file>', 'public keys as a JWK Set, in the place of those that it has')
    .option('--clear', 'take all of them away: what comes into force needs no signature')
    .addOption(output())
    .action(async (name: string, options: Printed & { set?: string; clear?: true }) =>
      (await import('./policy-store-keys.ts')).signingKeysOf(name, options),
    );
  onServer(store.command('apply').argument('<store>', storeText).argument('[directory]', 'the files', '.'))
    .description('propose files and put them into force, at once or in stages, unless what is in force was changed meanwhile')
    .addOption(reason())
    .addOption(gitCommit())
    .addOption(stageOrAll())
    .addOption(gate())
    .option('--plan <file>', 'apply only if this plan, as `policy-store plan -o json` printed it, still says what happens')
    .addOption(allowSample())
    .addOption(output())
    .action(async (name: string, directory: string, options: Staged) =>
      exit(await (await import('./policy-store-apply.ts')).applyStore(name, directory, options)),
    );
  onServer(store.command('activate').argument('<revision>', `${storeText}, with a revision behind it, as in acme/web/Todo@3`))
    .description('put a stored revision into force, at once or in stages')
    .addOption(reason())
    .addOption(stageOrAll())
    .addOption(gate())
    .option('--plan <file>', 'which differences are meant, as `policy-store plan -o json` printed it')
    .addOption(allowSample())
    .addOption(output())
    .action(async (name: string, options: Staged) => exit(await (await import('./policy-store-activate.ts')).activateStore(name, options)));
  onServer(store.command('history').argument('<store>', storeText).description('list what was in force: when, by whom, how and why'))
    .addOption(new Option('--limit <number>', 'the most entries to print, newest first').argParser(count).default(20))
    .addOption(output())
    .action(async (name: string, options: Printed & { limit: number }) => (await verbs()).showHistory(name, options));
  onServer(
    store.command('show').argument('<store>', revisionText).description('print the revision in force, or another one, with its files'),
  )
    .addOption(output())
    .action(async (name: string, options: Printed) => (await verbs()).showRevision(name, options));
  onServer(store.command('rollback').argument('<store>', revisionText).description('put what was in force before into force again'))
    .addOption(reason())
    .addOption(output())
    .action(async (name: string, options: Printed & { reason: string }) => (await verbs()).rollBackStore(name, options));
  onServer(
    store.command('export').argument('<store>', revisionText).description('write the files of the revision in force, or of another one'),
  )
    .option('--to <directory>', 'where they are written', '.')
    .addOption(output())
    .action(async (name: string, options: Printed & { to: string }) => (await verbs()).exportStore(name, options));

  onServer(
    store
      .command('plan')
      .argument('<store>', revisionText)
      .argument('[directory]', 'the files, by default those of .; not where a revision is named'),
  )
    .description('say what files, or a revision, would change for the entities of a policy store: who gains or loses what, by which rows')
    .addOption(output())
    .addOption(planForm())
    .addOption(failOn(storePlanFindings, 'gain,conditional'))
    .addOption(allowSample())
    .option(
      '--subject-types <types>',
      'the types of entities that ask, as in user,device; without it those that the change can concern',
      entityTypes,
    )
    .action(async (name: string, directory: string | undefined, options: Printed & Planned) =>
      exit(await (await import('./policy-store-plan.ts')).planStore(name, filesOf(name, directory), options)),
    );
  onServer(
    store
      .command('diff')
      .argument('<from>', `a directory, or ${revisionText}`)
      .argument('[to]', 'a directory, or a revision of the same store', '.'),
  )
    .description('compare what two policies mean for the entities and cases of their tests; two directories need no server')
    .addOption(output())
    .addOption(planForm())
    .addOption(failOn(storePlanFindings, 'gain,conditional'))
    .addOption(allowSample())
    .action(async (from: string, to: string, options: Printed & Planned) =>
      exit(await (await import('./policy-store-plan.ts')).diffStore(from, to, options)),
    );

  onServer(
    store
      .command('replay')
      .argument('<store>', revisionText)
      .argument('[directory]', 'the files, by default those of .; not where a revision is named'),
  )
    .description('say which decisions of the decision log come out the other way by files, or by a revision, of a policy store')
    .addOption(new Option('--since <time>', 'the decisions of so many days or hours, such as 7d or 12h').argParser(days).default(7, '7d'))
    .addOption(new Option('--limit <number>', 'the most decisions to take again, the newest first').argParser(decisions).default(10_000))
    .addOption(output())
    .addOption(planForm())
    .addOption(failOn(storeReplayFindings, 'loss'))
    .action(async (name: string, directory: string | undefined, options: Printed & Replayed) =>
      exit(await (await import('./policy-store-replay.ts')).replayStore(name, filesOf(name, directory), options)),
    );

  onServer(
    store
      .command('explain')
      .argument('<store>', revisionText)
      .argument('<subject>', 'a type and an id, as in user:alice')
      .argument('<action>', 'what would be done')
      .argument('<resource>', 'a type and an id, as in record:1'),
  )
    .description('say what a policy store decides, by which row and which roles, and which rows came nearest')
    .option('--context <json>', 'the context of the question, an object')
    .addOption(output())
    .action(async (name: string, subject: string, action: string, resource: string, options: Printed & { context?: string }) =>
      exit(await (await import('./policy-store-explain.ts')).explainInStore(name, { subject, action, resource }, options)),
    );

  const rollout = store.command('rollout').description('revisions of a policy store that come into force in stages');
  onServer(rollout.command('status').argument('<store>', storeText))
    .description('show the open rollout, or the last one, with what its comparison has found')
    .addOption(output())
    .action(async (name: string, options: Printed) => (await import('./policy-store-rollout-status.ts')).rolloutStatus(name, options));
  onServer(rollout.command('promote').argument('<store>', storeText))
    .description('move the open rollout on, to a canary, a greater one, or everywhere')
    .addOption(storeStage().makeOptionMandatory())
    .addOption(reason())
    .option('--force', 'also where its gates are not met')
    .addOption(output())
    .action(async (name: string, options: Printed & { reason: string; stage: WantedStoreStage; force?: true }) =>
      (await import('./policy-store-rollout.ts')).promoteStore(name, options),
    );
  onServer(rollout.command('cancel').argument('<store>', storeText))
    .description('end the open rollout: what is in force decides for every subject')
    .addOption(reason())
    .addOption(output())
    .action(async (name: string, options: Printed & { reason: string }) =>
      (await import('./policy-store-rollout.ts')).cancelStore(name, options),
    );

  const entities = store.command('entities').description('what a policy store keeps of subjects and resources');
  onServer(
    entities
      .command('import')
      .argument('<store>', storeText)
      .argument('<file>', 'an entity on each line as JSON, or one list; - for standard input'),
  )
    .description('write entities into a policy store, many at a time')
    .addOption(output())
    .action(async (name: string, file: string, options: Printed) =>
      (await import('./policy-store-entities.ts')).importEntities(name, file, options),
    );
  onServer(entities.command('export').argument('<store>', storeText).description('print entities, one on each line as JSON'))
    .option('--of <type>', 'those of one type')
    .action(async (name: string, options: { of?: string }) => (await import('./policy-store-entities.ts')).exportEntities(name, options));
}

/** The directory of what is compared. Throws UsageError where a revision is named too. */
function filesOf(name: string, directory: string | undefined): string {
  if (directory !== undefined && /@\d+$/.test(name))
    throw new UsageError(`${name} names a revision, and ${directory} has files: give one of them.`);
  return directory ?? '.';
}

const verbs = () => import('./policy-store-verbs.ts');
