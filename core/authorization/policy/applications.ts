import { z } from 'zod';
import { word } from './blueprint-words.ts';
import { type SettingDefinition, secondsOfDuration } from './settings.ts';

/** How an application is paid for, of which a kind of organization admits some. */
export const priceKinds = ['MONTHLY', 'ANNUAL', 'ONE_TIME', 'LIFETIME'] as const;

/** What organizations of this kind see of the catalogue of the installation. */
export const catalogSchema = z.strictObject({
  /** Of other categories nothing is installed. */
  categories: z.array(z.string().min(1).max(60)).min(1).max(50),
  priceKinds: z.array(z.enum(priceKinds)).min(1).max(priceKinds.length),
});

const duration = z.string().refine((text) => secondsOfDuration(text) !== undefined, 'must be a duration such as PT12H');

/** How installed applications are run; where it is absent, none are installed. */
export const instancesSchema = z.strictObject({
  /** Without traffic for so long, an instance is stopped until the next access. Absent: never. */
  idleStopAfter: z.strictObject({ setting: word }).or(duration).optional(),
  /** `delete`: with an uninstalled application goes its data. `keep`: it stays until the project is purged. */
  dataOnUninstall: z.enum(['delete', 'keep']),
});

interface Sections {
  readonly catalog?: z.infer<typeof catalogSchema> | undefined;
  readonly instances?: z.infer<typeof instancesSchema> | undefined;
  readonly settings?: readonly SettingDefinition[] | undefined;
  readonly projects: 'none' | { readonly createdBy?: 'instance:create' | undefined };
}

/** Reports what does not fit together: instances are installed from a catalogue, each is a project, and its setting is a duration. */
export function reportApplications({ catalog, instances, settings = [], projects }: Sections, context: z.RefinementCtx): void {
  const report = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', path, message });
  if ((catalog === undefined) !== (instances === undefined)) report('must be there together with catalog', 'instances');
  if (instances && projects === 'none') report('must be left out where there are no projects: an instance is one', 'instances');
  if (!instances && projects !== 'none' && projects.createdBy) report('must be left out without instances', 'projects', 'createdBy');
  const named = typeof instances?.idleStopAfter === 'object' ? instances.idleStopAfter.setting : undefined;
  if (named === undefined) return;
  const setting = settings.find(({ key }) => key === named);
  const isOfProjects = setting?.scope === 'project' || setting?.overridableAt === 'project';
  if (setting?.type !== 'duration' || !isOfProjects)
    report('must be a setting of the type duration that projects have', 'instances', 'idleStopAfter');
}
