import { type Environment, patchEnvironment } from '../apps/environment.ts';
import { findInstance } from '../apps/instance-rows.ts';
import { checkInstallation, checkInstanceChange, type DriverName, type InstanceChange } from '../apps/instances.ts';
import type { PriceKind } from '../apps/program.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { canonical } from '../base/canonical.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import { hasNameForm, hasTextForm, nameFormWords, textFormWords } from '../base/text.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManifestRef, manifestName, type Step } from './apply.ts';
import { isRefusal, type RefusedEntries, refusalSentence, type SpecProblem } from './entries.ts';
import {
  type InstalledRow,
  type InstanceNames,
  instanceRef,
  isInstalled,
  isNotedInstance,
  readInstalled,
  readInstanceNames,
} from './instance-rows.ts';
import { type InstanceSteps, instanceSteps, placeOf } from './instance-steps.ts';
import { type PlannedPart, refusalsAt, together, withoutRefused } from './parts.ts';
import { inManifest } from './settings.ts';

/** An application that a manifest has installed. */
export interface DesiredInstance {
  /** The slug of its project. */
  readonly name: string;
  /** What people call it; without one, its name. */
  readonly displayName?: string | undefined;
  /** The application of the catalogue, by its name or its id. */
  readonly item: string;
  /** Without one, the price is the API's. */
  readonly priceKind?: PriceKind | undefined;
  /** With `secrets` all of its variables. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** By name or id, a resource of the organization itself, or by id one of the project of the application. */
  readonly secrets?: Readonly<Record<string, { readonly resource: string; readonly field: string }>> | undefined;
  /** Without it, whether it runs is the API's. */
  readonly running?: boolean | undefined;
}

interface Wanted {
  readonly organizationId: string;
  readonly blueprint: Blueprint;
  readonly ref: ManifestRef;
  readonly wanted: readonly DesiredInstance[];
}

const list = 'spec.instances';

/**
 * Plans the applications of an organization by the core functions of the API, each by itself. One that the manifest has installed or taken over, and does not
 * list any more, is uninstalled; an entry that cannot be carried out keeps what there is.
 */
export async function planInstances(
  db: Db,
  actor: Actor,
  { appsDriver }: { readonly appsDriver: DriverName },
  { organizationId, blueprint, ref, wanted }: Wanted,
  refused: RefusedEntries,
): Promise<PlannedPart> {
  const rows = await readInstalled(db, organizationId, wanted);
  if (wanted.length === 0 && rows.length === 0) return { steps: [], problems: [], refusals: [] };
  const names = await readInstanceNames(db, { organizationId, blueprint }, wanted);
  const known: Known = {
    organizationId,
    blueprint,
    ref,
    names,
    driver: appsDriver,
    does: instanceSteps(db, actor, organizationId, appsDriver),
  };
  const listed = new Set<string>();
  const parts: PlannedPart[] = [];
  for (const [index, desired] of wanted.entries()) {
    const path = `${list}[${index}]`;
    const isTwice = listed.size === listed.add(desired.name).size;
    const row = rows.find(({ slug }) => slug === desired.name);
    if (isTwice) parts.push(wrong(`${path}.name`, `An application of the name ${desired.name} is listed already.`));
    else if (refused.has(path)) parts.push({ steps: [], problems: [], refusals: refusalsAt([path], refused) });
    else parts.push(await planEntry(db, actor, known, { desired, row, path }));
  }
  const gone = rows.filter(({ slug, item_id, managed_by }) => managed_by?.kind === ref.kind && item_id !== null && !listed.has(slug));
  return together([planGone(gone, known.does, refused), ...parts]);
}

/** First, so that what they leave free is there for the others. Each is by itself: one may be in use. */
function planGone(gone: readonly InstalledRow[], does: InstanceSteps, refused: RefusedEntries): PlannedPart {
  const placed = gone.map((row) => ({ row, path: `${list} (${row.slug})` }));
  const steps = placed.map(({ row, path }) => ({ ...does.uninstall(row), entries: [path] }));
  const paths = placed.map(({ path }) => path);
  return { steps: withoutRefused(steps, refused), problems: [], refusals: refusalsAt(paths, refused) };
}

const wrong = (path: string, detail: string): PlannedPart => ({ steps: [], problems: [{ path, detail }], refusals: [] });

const refuse = (...refusals: SpecProblem[]): PlannedPart => ({ steps: [], problems: [], refusals });

interface Known extends Omit<Wanted, 'wanted'> {
  readonly names: InstanceNames;
  readonly driver: DriverName;
  readonly does: InstanceSteps;
}

interface Entry {
  readonly desired: DesiredInstance;
  readonly row: InstalledRow | undefined;
  readonly path: string;
}

async function planEntry(db: Db, actor: Actor, known: Known, entry: Entry): Promise<PlannedPart> {
  const { desired, row, path } = entry;
  const problems = textProblems(entry);
  if (problems.length > 0) return { steps: [], problems, refusals: [] };
  const taken = row && takenBy(row, desired);
  if (taken !== undefined) return refuse({ path: `${path}.name`, detail: taken });
  const { variables, missing } = variablesOf(known.names, entry);
  if (missing.length > 0) return refuse(...missing);
  try {
    const steps = row
      ? await stepsToChange(db, actor, known, { desired, row, variables })
      : await stepsToInstall(db, actor, known, { desired, variables });
    return { steps: steps.map((step) => ({ ...step, entries: [path] })), problems: [], refusals: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refuse(...refusalsOf(error, path));
  }
}

/** What is no text to look up or to keep, by its place: PostgreSQL refuses a whole manifest for one U+0000. */
function textProblems({ desired: { item, displayName, environment = {}, secrets = {} }, path }: Entry): SpecProblem[] {
  const texts: (readonly [place: string, text: string])[] = [
    ['item', item],
    ...Object.entries(environment).map(([name, text]) => [`environment.${name}`, text] as const),
    ...Object.entries(secrets).map(([name, { resource }]) => [`secrets.${name}.resource`, resource] as const),
  ];
  const problems = texts.flatMap(([place, text]) =>
    hasTextForm(text) ? [] : [{ path: `${path}.${place}`, detail: `The value must be ${textFormWords}.` }],
  );
  if (displayName === undefined || hasNameForm(displayName)) return problems;
  return [{ path: `${path}.displayName`, detail: `The name must be ${nameFormWords}.` }, ...problems];
}

/** Why the entry cannot have what is there under its name. */
function takenBy({ managed_by, item_id }: InstalledRow, { name }: DesiredInstance): string | undefined {
  const other = managed_by?.kind === 'Project' ? manifestName(managed_by) : undefined;
  if (item_id === null) {
    const what = other === undefined ? 'A project that is no application' : `The project of the manifest ${other}`;
    return `${what} has the slug ${name} in this organization. Choose another name.`;
  }
  return other && `The manifest ${other} manages the project of this application. Delete that manifest first, or choose another name.`;
}

/** The variables of an entry, with the ids of resources. */
function variablesOf(names: InstanceNames, { desired, path }: Entry): { variables: Environment; missing: readonly SpecProblem[] } {
  const missing: SpecProblem[] = [];
  const secrets = Object.entries(desired.secrets ?? {}).flatMap(([name, { resource, field }]) => {
    const ids = names.resources(resource);
    if (ids.length === 1) return [[name, { resourceId: ids[0]!, field }] as const];
    const detail =
      ids.length === 0
        ? `The organization itself has no resource with the name ${resource}.`
        : `The organization itself has ${ids.length} resources with the name ${resource}. Name the one that is meant by its id.`;
    missing.push({ path: `${path}.secrets.${name}.resource`, detail });
    return [];
  });
  const said = { environment: desired.environment, secrets: Object.fromEntries(secrets) };
  return { variables: patchEnvironment({ env: {}, secrets: {} }, said), missing };
}

interface Install {
  readonly desired: DesiredInstance;
  readonly variables: Environment;
}

async function stepsToInstall(db: Db, actor: Actor, known: Known, { desired, variables }: Install): Promise<Step[]> {
  const { organizationId, names, does, driver, ref } = known;
  const { item, priceKind } = desired;
  const [itemId, ...others] = names.items(item);
  if (itemId === undefined) throw noItem(`The catalogue has no application ${item} that this kind of organization installs.`);
  if (others.length > 0) throw noItem(`The catalogue has ${others.length + 1} applications ${item}. Name the one that is meant by its id.`);
  const wish = { organizationId, itemId, priceKind, environment: variables.env, secrets: variables.secrets };
  await checkInstallation(db, actor, { ...wish, projectId: newId('project') }, { driver });
  return [does.install(desired, { ...wish, managedBy: instanceRef(ref, desired) })];
}

async function stepsToChange(
  db: Db,
  actor: Actor,
  { does, ref }: Known,
  { desired, row, variables }: Install & { readonly row: InstalledRow },
): Promise<Step[]> {
  const { item, displayName = desired.name, priceKind, running } = desired;
  if (!isInstalled(row, item)) {
    const detail = `The application ${row.item_name} is installed under this name, and that does not change. Choose another name, or take the entry out, which uninstalls it, before it is another application.`;
    throw noItem(detail);
  }
  const change: InstanceChange = {
    ...(displayName !== row.name && { name: displayName }),
    ...(priceKind !== undefined && priceKind !== row.price_kind && { priceKind }),
    ...(canonical(variables) !== canonical({ env: row.env, secrets: row.secrets }) && { variables }),
  };
  const isOther = Object.keys(change).length > 0;
  if (isOther) await checkInstanceChange(db, actor, await findInstance(db, placeOf(row)), change);
  const managedBy = instanceRef(ref, desired);
  return [
    ...(isNotedInstance(row, managedBy) ? [] : [does.takeOver(row, managedBy)]),
    ...(isOther ? [does.change(row, change)] : []),
    ...(running === false && row.desired !== 'STOPPED' ? [does.stop(row)] : []),
    ...(running === true && row.desired === 'STOPPED' ? [does.start(row)] : []),
  ];
}

const noItem = (message: string): InvalidInput => new InvalidInput(message, [{ pointer: '#/itemId', detail: message }]);

/** What is said of a body, at its places in the manifest. */
function refusalsOf(error: Parameters<typeof refusalSentence>[0], path: string): SpecProblem[] {
  const { errors = [] } = error.fields as { readonly errors?: readonly InputError[] };
  if (errors.length === 0) return [{ path, detail: refusalSentence(error) }];
  return errors.map(({ pointer = '', detail }) => {
    const said = pointer === '#/priceKind' ? detail.replace(/\b[A-Z]{2,}(?:_[A-Z]+)*\b/g, inManifest) : detail;
    return {
      path: `${path}${fieldOf(pointer)}`,
      detail: detail === error.message ? detail : `${error.message.replace(/\.$/, '')}: it ${said}.`,
    };
  });
}

function fieldOf(pointer: string): string {
  return pointer === '#/itemId' ? '.item' : pointer.slice(1).replaceAll('/', '.');
}

/** What the manifest of an organization (uuid) has installed is the API's from now on. */
export async function releaseInstances(db: Db, org_id: string): Promise<void> {
  await db('projects')
    .where({ org_id })
    .whereRaw("managed_by ->> 'kind' = 'Organization'")
    .update({ managed_by: null, ...nextVersion(db) });
}
