import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { type Externals, externalsChoices } from '../organizations/externals.ts';
import { type Mfa, mfaChoices, replaceMfaRequirement } from '../organizations/mfa-requirement.ts';
import { type OrganizationRow, updateOrganization } from '../organizations/organizations.ts';
import type { Step } from './apply.ts';
import type { RefusedEntries, SpecProblem } from './entries.ts';
import { type PlannedPart, refusalsAt, withoutRefused } from './parts.ts';

/** The switches of an organization that a manifest may say. What it leaves out is the API's. */
export interface Settings {
  readonly mfa?: Mfa | undefined;
  readonly externals?: Externals | undefined;
  /** A tag of BCP 47. */
  readonly language?: string | undefined;
}

/** The names of those that are said, as the row keeps them. */
export function settingsSaid(settings: Settings): string[] {
  return (['externals', 'language', 'mfa'] as const).filter((setting) => settings[setting] !== undefined);
}

/** A manifest calls a choice `AutoAdd` where the API calls it `AUTO_ADD`. */
export const inManifest = (choice: string): string =>
  choice.toLowerCase().replace(/(^|_)([a-z])/g, (_, _line, letter: string) => letter.toUpperCase());

/** What the kind of organization does not offer; the switch stays as it is then. */
function settingProblems(blueprint: Blueprint, { mfa, externals }: Settings): SpecProblem[] {
  const problemOf = <T extends string>(field: string, said: T | undefined, choices: readonly T[]): SpecProblem[] => {
    if (said === undefined || choices.includes(said)) return [];
    const detail = `This kind of organization does not offer ${inManifest(said)}: it must be ${choices.map(inManifest).join(' or ')}.`;
    return [{ path: `spec.${field}`, detail }];
  };
  return [...problemOf('externals', externals, externalsChoices(blueprint)), ...problemOf('mfa', mfa, mfaChoices(blueprint))];
}

/** Plans the switches: the same core functions as the API's, each by itself, so that one that is refused holds up nothing else. */
export function planSettings(
  db: Db,
  actor: Actor,
  { row, blueprint, settings }: { row: OrganizationRow & { mfa: Mfa }; blueprint: Blueprint; settings: Settings },
  refused: RefusedEntries,
): PlannedPart {
  const organizationId = toId('organization', row.id);
  const problems = settingProblems(blueprint, settings);
  const differs = (field: keyof Settings): boolean => settings[field] !== undefined && settings[field] !== row[field];
  const wanted: Step[] = [];
  if (differs('externals')) {
    const externals = settings.externals!;
    wanted.push({
      does: `set externals to ${inManifest(externals)}`,
      entries: ['spec.externals'],
      async run() {
        await actor.require('organization', 'update', { organizationId });
        await updateOrganization(db, actor, { organizationId, externals });
      },
    });
  }
  if (differs('language')) {
    const language = settings.language!;
    wanted.push({
      does: `set language to ${language}`,
      entries: ['spec.language'],
      async run() {
        await actor.require('organization', 'update', { organizationId });
        await updateOrganization(db, actor, { organizationId, language });
      },
    });
  }
  if (differs('mfa')) {
    const requirement = settings.mfa!;
    wanted.push({
      does: `set mfa to ${inManifest(requirement)}`,
      entries: ['spec.mfa'],
      async run() {
        await actor.require('mfa', 'update', { organizationId });
        await replaceMfaRequirement(db, actor, { organizationId, requirement });
      },
    });
  }
  const isLeft = (path: string): boolean => problems.some((problem) => problem.path === path);
  return {
    steps: withoutRefused(
      wanted.filter(({ entries }) => !entries!.some(isLeft)),
      refused,
    ),
    problems,
    refusals: refusalsAt(
      wanted.flatMap(({ entries }) => entries!),
      refused,
    ),
  };
}
