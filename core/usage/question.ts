import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { findMeter, type Meter, noMeter, notToldApart } from '../authorization/policy/meters.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { readInstant } from '../base/instants.ts';

/** Which usage is asked for, as a caller says it. */
export interface UsageQuestion {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
  readonly meter: string;
  /** Both on the hour; `to` is not included. */
  readonly from: string;
  readonly to: string;
  /** At most three, joined by commas: a time (`hour`, `day` or `month`) and dimensions of the meter. */
  readonly groupBy?: string | undefined;
  readonly memberId?: string | undefined;
  readonly apiKeyId?: string | undefined;
  /** `model:gpt-x`. */
  readonly resource?: string | undefined;
}

const times = ['hour', 'day', 'month'] as const;
export type Time = (typeof times)[number];

/** Which usage is asked for, as the database is asked. */
export interface Question {
  readonly meter: Meter;
  readonly from: Date;
  readonly to: Date;
  /** What is looked through: the sums by hour, or those by day. */
  readonly source: 'hours' | 'days';
  readonly time?: Time;
  /** Dimensions of the meter, in their order in the question. */
  readonly dimensions: readonly string[];
  readonly project?: string;
  readonly user?: string;
  readonly apiKey?: string;
  readonly resource?: { readonly type: string; readonly id: string };
}

const hour = 3_600_000;
const day = 24 * hour;
/** Days of a period at most, and those of one that is not of whole days (docs/limits.md). */
const mostDays = 400;
const mostDaysByHour = 31;

/** Reads a question. Throws InvalidInput, which names the parameters, for what this kind of organization does not count. */
export function readQuestion(blueprint: Blueprint, input: UsageQuestion): Question {
  const meter = findMeter(blueprint, input.meter);
  if (!meter) throw new InvalidInput('There is no such meter.', [{ parameter: 'meter', detail: noMeter(blueprint, input.meter) }]);
  const groups = input.groupBy?.split(',') ?? [];
  const period = { from: readInstant(input.from, { parameter: 'from' }), to: readInstant(input.to, { parameter: 'to' }) };
  const isByHour = groups.includes('hour') || [period.from, period.to].some((moment) => moment.getTime() % day !== 0);
  const errors = [...faultsOfPeriod(period, isByHour), ...faultsOfGroups(meter, groups), ...faultsOfFilters(meter, input)];
  if (errors.length > 0) throw new InvalidInput('That cannot be asked about usage.', errors);
  const time = times.find((name) => groups.includes(name));
  return {
    ...{ meter, ...period, source: isByHour ? 'hours' : 'days' },
    ...(time && { time }),
    dimensions: groups.filter((group) => group !== time),
    ...filtersOf(input),
  };
}

function faultsOfPeriod({ from, to }: { from: Date; to: Date }, isByHour: boolean): InputError[] {
  const errors = Object.entries({ from, to }).flatMap(([parameter, moment]): InputError[] =>
    moment.getTime() % hour === 0 ? [] : [{ parameter, detail: 'must be on the hour (UTC)' }],
  );
  if (to <= from) return [...errors, { parameter: 'to', detail: 'must be later than from' }];
  const days = (to.getTime() - from.getTime()) / day;
  if (days > mostDays) return [...errors, { parameter: 'to', detail: `must be at most ${mostDays} days behind from` }];
  if (!isByHour || days <= mostDaysByHour) return errors;
  const detail = `must be at most ${mostDaysByHour} days behind from, unless both are the begin of a day (UTC) and hour is not in groupBy`;
  return [...errors, { parameter: 'to', detail }];
}

function faultsOfGroups({ dimensions }: Meter, groups: readonly string[]): InputError[] {
  const report = (detail: string): InputError[] => [{ parameter: 'groupBy', detail }];
  const known: readonly string[] = [...times, ...dimensions];
  const strange = groups.find((group) => !known.includes(group));
  if (strange !== undefined) return report(`must name what the meter is told apart by: ${known.join(', ')}; ${strange} is none of them`);
  if (new Set(groups).size < groups.length) return report('must name each group once');
  return groups.filter((group) => (times as readonly string[]).includes(group)).length > 1
    ? report('must name one of hour, day and month')
    : [];
}

function faultsOfFilters(meter: Meter, input: UsageQuestion): InputError[] {
  const used = [
    ['projectId', 'project', input.projectId],
    ['memberId', 'member', input.memberId],
    ['apiKeyId', 'api-key', input.apiKeyId],
    ['resource', `resource:${input.resource?.split(':')[0]}`, input.resource],
  ] as const;
  return used.flatMap(([parameter, dimension, value]): InputError[] =>
    value === undefined || meter.dimensions.includes(dimension) ? [] : [{ parameter, detail: notToldApart(meter) }],
  );
}

function filtersOf({ projectId, memberId, apiKeyId, resource }: UsageQuestion): Partial<Question> {
  const colon = resource?.indexOf(':') ?? 0;
  return {
    ...(projectId !== undefined && { project: toUuid('project', projectId) }),
    ...(memberId !== undefined && { user: toUuid('user', memberId) }),
    ...(apiKeyId !== undefined && { apiKey: toUuid('apiKey', apiKeyId) }),
    ...(resource !== undefined && { resource: { type: resource.slice(0, colon), id: resource.slice(colon + 1) } }),
  };
}
