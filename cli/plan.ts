import { createParser, type ReadFile } from '../controllers/directory/parser.ts';
import { maxBytes, readNamed } from '../controllers/directory/read.ts';
import { createJudge, type Manifest } from '../controllers/directory/validate.ts';
import { type JudgedDirectory, judgeDirectory, uidsIn } from '../controllers/directory/validated-directory.ts';
import { admits, desiredOrganization, desiredProject, notAdmitted } from '../controllers/reconcilers/desired.ts';
import { apiVersionOf } from '../controllers/resources/resource.ts';
import { type OrganizationSpec, type ProjectSpec, policyRevisionType } from '../controllers/resources/types.ts';
import { mailLimitsOf } from '../core/access/invitation-budgets.ts';
import { createLivePolicies } from '../core/authorization/store/live-policies.ts';
import { readConfig } from '../core/base/config.ts';
import { createKeyring, newRootKey } from '../core/base/keyring.ts';
import type { Database } from '../core/database/database.ts';
import { type OrganizationPlan, planManifests, type WantedManifests, type WantedProject } from '../core/manifests/plan.ts';
import { type FoundManifest, readRecords } from '../core/manifests/records.ts';
import { withDatabase } from './database.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { markdownOf, tableOf } from './plan-report.ts';

interface PlanOptions {
  readonly filename: readonly string[];
  readonly cluster?: string;
  readonly output: Format;
  readonly format?: 'markdown';
}

/** Nothing changes; something does; a rail or an entry that cannot be carried out; a file is wrong. */
const codes = { none: 0, changes: 10, blocked: 20, failed: 1 } as const;

/** Manifests that are planned at one time (docs/limits.md). */
const mostManifests = 1_000;

/** `tenet plan`: what applying manifests would change. Exit code: 0 nothing, 10 something, 20 a rail or something that would be refused, 1 a file is wrong. */
export async function planFiles(options: PlanOptions, out: Out = console.log): Promise<number> {
  const parser = createParser();
  try {
    const judge = createJudge();
    const files = (await readNamed(options.filename, parser, readInput)).map(withoutPolicies);
    // What is wrong with a file is said before there is a database.
    if (tellRefused(judgeDirectory({ files }, judge, new Map()))) return codes.failed;
    const config = readConfig(process.env);
    return await withDatabase(config, async (database) => {
      const records = await database.read('platform', (db) => readRecords(db, '', uidsIn({ files }, judge)));
      const judged = judgeDirectory({ files }, judge, new Map(records.map(({ uid, manifest }) => [uid, manifest as Manifest])));
      if (tellRefused(judged)) return codes.failed;
      checkCount(judged);
      const plans = await planIn(database, judged.found, {
        mails: { ...mailLimitsOf(config), perInviter: undefined, resendCooldown: 0 },
        defaultBlueprint: config.TENET_DEFAULT_BLUEPRINT,
        appsDriver: config.TENET_APPS_DRIVER,
        cluster: options.cluster,
      });
      const document = { organizations: plans };
      if (options.format === 'markdown') for (const line of markdownOf(plans)) out(line);
      else print(options.output, out, document, () => tableOf(plans));
      return codeOf(plans);
    });
  } finally {
    await parser.stop();
  }
}

/** A little more than a file may hold, so that it is seen to be too much. */
async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

/** PolicyRevisions may lie beside the others: what they change is another plan. */
function withoutPolicies({ documents, ...file }: ReadFile): ReadFile {
  const isPolicy = ({ value }: (typeof documents)[number]): boolean => {
    const { apiVersion, kind } = (value ?? {}) as { apiVersion?: unknown; kind?: unknown };
    return kind === policyRevisionType.kind && apiVersion === apiVersionOf(policyRevisionType);
  };
  for (const document of documents.filter(isPolicy))
    console.error(`${file.path}:${document.line()}: a PolicyRevision is left out: \`tenet policy plan\` says what its files change`);
  return { ...file, documents: documents.filter((document) => !isPolicy(document)) };
}

function tellRefused({ refused }: JudgedDirectory): boolean {
  for (const problem of refused.flatMap(({ problems }) => problems)) console.error(problem);
  return refused.length > 0;
}

function checkCount({ found, foreign }: JudgedDirectory): void {
  if (found.length > mostManifests)
    throw new UsageError(`There are ${found.length} manifests, and at most ${mostManifests} are planned at one time: name fewer by -f.`);
  if (found.length === 0)
    throw new UsageError(`There is no Organization and no Project in these files, but ${foreign.length} other documents.`);
}

/** Plans manifests as they were found in files. */
function planIn(
  database: Database,
  found: readonly FoundManifest[],
  options: Pick<Parameters<typeof planManifests>[0], 'mails' | 'defaultBlueprint' | 'appsDriver' | 'cluster'>,
): Promise<OrganizationPlan[]> {
  // What is in force has been checked before it came into force.
  const policies = createLivePolicies(database, { checker: { check: () => undefined }, onRefused: (message) => console.error(message) });
  // Tokens of invitations are made, and go with the transaction.
  return planManifests({ ...options, database, policies, keyring: createKeyring([newRootKey([])]) }, grouped(found));
}

/** The manifests by their organization, in the order in which these appear. */
function grouped(found: readonly FoundManifest[]): WantedManifests[] {
  const organizations = new Map(found.flatMap((one) => (one.kind === 'Organization' ? [[one.name, one] as const] : [])));
  const projects = found.filter(({ kind }) => kind === 'Project');
  const names = new Set([...organizations.keys(), ...projects.map((project) => specOf<ProjectSpec>(project).organizationRef.name)]);
  return [...names].map((name) => {
    const own = organizations.get(name);
    const spec = own && specOf<OrganizationSpec>(own);
    return {
      organization: name,
      own: own && {
        kind: 'Organization',
        name,
        uid: own.uid,
        manifest: desiredOrganization({ ...(own.manifest as Manifest), spec: spec! }),
      },
      projects: projects
        .filter((project) => specOf<ProjectSpec>(project).organizationRef.name === name)
        .map((project) => wantedProject(project, spec)),
    };
  });
}

const specOf = <S>({ manifest }: FoundManifest): S => (manifest as Manifest).spec as unknown as S;

/** Of a namespace no file says more than the name. */
function wantedProject(project: FoundManifest, organization: OrganizationSpec | undefined): WantedProject {
  const { uid, name, namespace } = project;
  const spec = specOf<ProjectSpec>(project);
  const labels = { 'kubernetes.io/metadata.name': namespace! };
  return {
    ...{ kind: 'Project', name, namespace: namespace!, uid },
    manifest: desiredProject({ ...(project.manifest as Manifest), spec }),
    problem: organization && !mayAdmit(organization, labels) ? notAdmitted(spec.organizationRef.name, namespace!) : undefined,
  };
}

/** Whether the Organization takes Projects of the namespace in, as far as its name says it: other labels are on the cluster. */
function mayAdmit(organization: OrganizationSpec, labels: Readonly<Record<string, string>>): boolean {
  const { namespaces } = organization.allowedProjects ?? {};
  const unknown = Object.entries(namespaces?.selector?.matchLabels ?? {}).filter(([key]) => !(key in labels));
  return admits(organization, { ...Object.fromEntries(unknown), ...labels });
}

function codeOf(plans: readonly OrganizationPlan[]): number {
  const manifests = plans.flatMap((plan) => plan.manifests);
  const rails = plans.flatMap(({ access }) => access?.rails ?? []);
  if (rails.some(({ status }) => status === 'BLOCK') || manifests.some(({ problems }) => problems.length > 0)) return codes.blocked;
  const isSame =
    manifests.every(({ steps }) => steps.length === 0) &&
    plans.every(({ access }) => !access || access.items.length + access.offered.length === 0);
  return isSame ? codes.none : codes.changes;
}
