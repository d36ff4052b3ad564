import { z } from 'zod';
import { textFault } from '../../base/text.ts';
import { description, title, word } from './blueprint-words.ts';
import type { Level } from './domain.ts';
import { limits } from './limits.ts';

/** What the value of a setting may be. */
export type SettingValue = boolean | number | string;

const types = ['boolean', 'integer', 'string', 'enum', 'duration', 'resource'] as const;

/** Mails that a member may do without. What tells of a danger is none of them. */
const notices = ['key-end', 'alert', 'instance-failure'] as const;
export type Notice = (typeof notices)[number];

/** A whole number of one unit, as ISO 8601 writes it: `P30D`, `PT12H`. */
const durationPattern = /^P(?:(\d{1,6})([WD])|T(\d{1,6})([HMS]))$/;
const secondsIn = { W: 604_800, D: 86_400, H: 3_600, M: 60, S: 1 } as const;

/** The id of a resource: what its type begins with, and a TypeID's end. */
const resourceId = /^[a-z][a-z_]{0,62}_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

const value = z.union([z.boolean(), z.number(), z.string().max(limits.settingText)]);

/** One thing that organizations of a kind choose; `setting:<key>` is its object in policy rows. */
export const settingSchema = z.strictObject({
  key: word,
  title,
  description: description.optional(),
  type: z.enum(types),
  /** Who has it: the organization, a project, or each member for themselves. */
  scope: z.enum(['org', 'project', 'member']),
  /** A setting of the organization that a project may have its own value of. */
  overridableAt: z.literal('project').optional(),
  /** `live`: the value of the organization counts in every project at once. `snapshot`: a project is made with the value of that moment, and keeps it. */
  mode: z.enum(['live', 'snapshot']).default('live'),
  /** `tighten`: each level may only be stricter than the one above it. */
  direction: z.enum(['free', 'tighten']).default('free'),
  /** With `tighten`: which of two values is the stricter one. Of an enum `higher` is the one that is listed later; of a boolean it is true. */
  stricter: z.enum(['lower', 'higher']).optional(),
  /** Without one, there is no value until a caller sets one. */
  default: value.optional(),
  /** Of an enum, all of them; of a resource, words that may stand in the place of an id. */
  values: z.array(word).min(1).max(limits.settingValues).optional(),
  /** Bounds of an integer or a duration, both included. */
  min: value.optional(),
  max: value.optional(),
  /** Characters of a string at most. */
  maxLength: z.number().int().min(1).max(limits.settingText).optional(),
  /** Of a boolean that each member has: which mail to them it is about. Without it, the setting is for clients to read. */
  notice: z.enum(notices).optional(),
  /** Of a resource: its type, one of this blueprint. */
  resourceType: word.optional(),
});

/** What a blueprint says of one setting. */
export type SettingDefinition = z.infer<typeof settingSchema>;

/** The settings of a blueprint; revisions of before have none. */
export const settingsSchema = z.array(settingSchema).max(limits.settings).optional();

/** `setting:<key>`: the object under which reading and changing a setting is allowed or denied. */
export function settingObject(key: string): string {
  return `setting:${key}`;
}

/** Where a setting is read and changed. That of a member is in the organization. */
function levelsOf({ scope, overridableAt }: SettingDefinition): Level[] {
  if (scope === 'project') return ['project'];
  return overridableAt === 'project' ? ['org', 'project'] : ['org'];
}

/** What can be asked about a setting. To apply to what exists is for values that projects have taken over. */
export function settingActions(setting: SettingDefinition): Record<string, Level[]> {
  const levels = levelsOf(setting);
  return { read: levels, update: levels, ...(setting.mode === 'snapshot' && { 'apply-to-existing': ['org'] }) };
}

/** The seconds of a duration; undefined for what is none. */
export function secondsOfDuration(text: string): number | undefined {
  const [, days, unit, time, part] = durationPattern.exec(text) ?? [];
  const of = unit ?? part;
  return of === undefined ? undefined : Number(days ?? time) * secondsIn[of as keyof typeof secondsIn];
}

/** What a value has to be, as the end of a sentence that begins with "must be"; undefined when it is that. */
export function valueFault(setting: SettingDefinition, said: SettingValue): string | undefined {
  return isValue(setting, said) ? undefined : wanted(setting);
}

function isValue(setting: SettingDefinition, said: SettingValue): boolean {
  const { type, values = [], maxLength = limits.settingText } = setting;
  if (type === 'boolean') return typeof said === 'boolean';
  if (type === 'integer') return Number.isSafeInteger(said) && isWithin(setting, said);
  if (typeof said !== 'string') return false;
  if (type === 'string') return [...said].length <= maxLength && textFault(said) === undefined;
  if (type === 'duration') return secondsOfDuration(said) !== undefined && isWithin(setting, said);
  return values.includes(said) || (type === 'resource' && resourceId.test(said));
}

function isWithin(setting: SettingDefinition, said: SettingValue): boolean {
  const place = rankOf(setting, said)!;
  const { min, max } = setting;
  return (min === undefined || place >= rankOf(setting, min)!) && (max === undefined || place <= rankOf(setting, max)!);
}

function wanted(setting: SettingDefinition): string {
  const { type, values = [], min, max, maxLength = limits.settingText, resourceType } = setting;
  const bounds = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(' and ');
  const within = bounds === '' ? '' : `, ${bounds}`;
  const sentences: Record<SettingDefinition['type'], string> = {
    boolean: 'true or false',
    integer: `a whole number${within}`,
    string: `a text of at most ${maxLength} characters`,
    enum: `one of ${values.join(', ')}`,
    duration: `a duration of one unit, such as PT12H or P30D${within}`,
    resource: [`the id of a resource of the type ${resourceType}`, ...values].join(' or '),
  };
  return sentences[type];
}

/** The place of a value in the order of its type; undefined where the type has none. */
function rankOf({ type, values = [] }: SettingDefinition, said: SettingValue): number | undefined {
  if (type === 'boolean' || type === 'integer') return Number(said);
  if (type === 'duration') return secondsOfDuration(String(said));
  return type === 'enum' ? values.indexOf(String(said)) : undefined;
}

/** Whether a value is less strict than another one, where that is not allowed. */
export function isWeaker(setting: SettingDefinition, said: SettingValue, than: SettingValue): boolean {
  if (setting.direction === 'free') return false;
  const [one, other] = [rankOf(setting, said)!, rankOf(setting, than)!];
  return setting.stricter === 'lower' ? one > other : one < other;
}

/** What the settings of a blueprint say fits together. */
export function reportSettings(
  blueprint: {
    readonly settings?: readonly SettingDefinition[] | undefined;
    readonly resourceTypes: readonly { readonly name: string }[];
    readonly projects: unknown;
  },
  context: z.RefinementCtx,
): void {
  const types = new Set(blueprint.resourceTypes.map(({ name }) => name));
  const seen = new Set<string>();
  for (const [index, setting] of (blueprint.settings ?? []).entries()) {
    const report = (member: string, message: string) => context.addIssue({ code: 'custom', path: ['settings', index, member], message });
    if (seen.size === seen.add(setting.key).size) report('key', `${setting.key} is listed twice`);
    if (blueprint.projects === 'none' && levelsOf(setting).includes('project'))
      report('scope', 'must be about no project: this kind of organization has none');
    if (setting.resourceType !== undefined && !types.has(setting.resourceType))
      report('resourceType', `must be a resource type of this file, and ${setting.resourceType} is none`);
    for (const [member, message] of [...placeFaults(setting), ...typeFaults(setting), ...valueFaults(setting)]) report(member, message);
  }
}

type Fault = [member: string, message: string];

function placeFaults({ scope, overridableAt, mode, direction, stricter, type, notice }: SettingDefinition): Fault[] {
  const faults: Fault[] = [];
  if (notice && scope !== 'member') faults.push(['notice', 'must be left out where the scope is not member']);
  if (overridableAt && scope !== 'org') faults.push(['overridableAt', 'must be left out where the scope is not org']);
  if (mode === 'snapshot' && !overridableAt) faults.push(['mode', 'must be live where no project has its own value']);
  if (direction === 'tighten' && (type === 'string' || type === 'resource'))
    faults.push(['direction', `must be free: no ${type} is stricter than another one`]);
  if ((direction === 'tighten') !== (stricter !== undefined))
    faults.push(['stricter', 'must be there with direction tighten, and only there']);
  return faults;
}

/** The members that only some types have. */
const membersOf: Readonly<
  Record<'values' | 'min' | 'max' | 'maxLength' | 'resourceType' | 'notice', readonly SettingDefinition['type'][]>
> = {
  notice: ['boolean'],
  values: ['enum', 'resource'],
  min: ['integer', 'duration'],
  max: ['integer', 'duration'],
  maxLength: ['string'],
  resourceType: ['resource'],
};

function typeFaults(setting: SettingDefinition): Fault[] {
  const faults = Object.entries(membersOf).flatMap(([member, allowed]): Fault[] => {
    if (setting[member as keyof typeof membersOf] === undefined || allowed.includes(setting.type)) return [];
    return [[member, `must be left out of a setting of the type ${setting.type}`]];
  });
  if (setting.type === 'enum' && setting.values === undefined) faults.push(['values', 'must be there: an enum has values']);
  if (setting.type === 'resource' && setting.resourceType === undefined)
    faults.push(['resourceType', 'must be there: a resource has a type']);
  if (new Set(setting.values).size < (setting.values ?? []).length) faults.push(['values', 'must have each value once']);
  return faults;
}

function valueFaults(setting: SettingDefinition): Fault[] {
  if (typeFaults(setting).length > 0) return [];
  const { min, max, ...unbounded } = setting;
  const faults = Object.entries({ min, max }).flatMap(([member, said]): Fault[] => {
    const fault = said === undefined ? undefined : valueFault(unbounded, said);
    return fault === undefined ? [] : [[member, `must be ${fault}`]];
  });
  if (faults.length > 0) return faults;
  if (min !== undefined && max !== undefined && rankOf(setting, min)! > rankOf(setting, max)!)
    return [['max', 'must not be less than min']];
  const fault = setting.default === undefined ? undefined : valueFault(setting, setting.default);
  return fault === undefined ? [] : [['default', `must be ${fault}`]];
}
