import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { findMeter, type Meter, noMeter, notToldApart } from '../authorization/policy/meters.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { parseInstant } from '../base/instants.ts';
import { escapeToken } from '../base/json-pointer.ts';

/** Something that was used, as a client reports it. */
export interface UsageEvent {
  readonly id: string;
  readonly meter: string;
  readonly at: string;
  readonly quantity?: string | undefined;
  readonly projectId?: string | undefined;
  readonly memberId?: string | undefined;
  readonly apiKeyId?: string | undefined;
  readonly resources?: Readonly<Record<string, string>> | undefined;
  readonly cost?: string | undefined;
}

/** An event that this kind of organization counts, as the database takes it. */
export interface CheckedEvent {
  /** Its place in the request. */
  readonly place: number;
  readonly id: string;
  readonly meter: Meter;
  readonly at: string;
  /** The first day of the month of `at` (UTC). */
  readonly month: string;
  readonly quantity: string;
  readonly cost: string | undefined;
  readonly project: string | undefined;
  readonly user: string | undefined;
  readonly apiKey: string | undefined;
  readonly resources: Readonly<Record<string, string>>;
}

/** Days that an event may come late, and minutes that it may be ahead (docs/limits.md). Three partitions of usage_events are looked through for its id. */
const lateDays = 35;
const aheadMinutes = 10;

/** The first days of the months (UTC) that events of now may be of. */
export function openMonths(now = Date.now()): string[] {
  const first = new Date(now - lateDays * 86_400_000);
  const months: string[] = [];
  for (let month = 0; ; month++) {
    const begin = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1);
    if (begin > now + aheadMinutes * 60_000) return months;
    months.push(new Date(begin).toISOString().slice(0, 10));
  }
}

type Fault = readonly [member: string, detail: string];

/**
 * The events, each id once, in the order of their ids, so that an index is written from left to right. Throws InvalidInput, which names each event that
 * cannot be counted.
 */
export function checkEvents(blueprint: Blueprint, events: readonly UsageEvent[]): CheckedEvent[] {
  const errors: InputError[] = [];
  const checked = new Map<string, CheckedEvent>();
  const now = Date.now();
  for (const [place, event] of events.entries()) {
    const report = ([member, detail]: Fault) => errors.push({ pointer: `#/events/${place}/${member}`, detail });
    const meter = findMeter(blueprint, event.meter);
    if (!meter) {
      report(['meter', noMeter(blueprint, event.meter)]);
      continue;
    }
    for (const fault of [...faultsOfTime(event, now), ...faultsOf(meter, event)]) report(fault);
    const one = errors.length === 0 ? toChecked(meter, event, place) : undefined;
    const same = checked.get(event.id);
    if (one && same && !isSame(one, same)) report(['id', `is the id of event ${same.place} too, which has another content`]);
    if (one && !same) checked.set(event.id, one);
  }
  refuseEvents(errors);
  return [...checked.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Throws InvalidInput with the first hundred of the errors; returns when there are none. */
export function refuseEvents(errors: readonly InputError[]): void {
  if (errors.length > 0) throw new InvalidInput('Some of these events cannot be counted. Nothing was counted.', errors.slice(0, 100));
}

function faultsOfTime({ at: text }: UsageEvent, now: number): Fault[] {
  const at = parseInstant(text)!.getTime();
  if (at > now + aheadMinutes * 60_000) return [['at', `must be at most ${aheadMinutes} minutes ahead of the clock of the server`]];
  if (at < now - lateDays * 86_400_000) return [['at', `must be at most ${lateDays} days ago: what is older is closed`]];
  return [];
}

function faultsOf(meter: Meter, event: UsageEvent): Fault[] {
  const { name, dimensions, currency } = meter;
  const used = [
    ['projectId', 'project', event.projectId],
    ['memberId', 'member', event.memberId],
    ['apiKeyId', 'api-key', event.apiKeyId],
    ...Object.entries(event.resources ?? {}).map(([type, id]) => [`resources/${escapeToken(type)}`, `resource:${type}`, id] as const),
  ] as const;
  const strange = used.filter(([, dimension, value]) => value !== undefined && !dimensions.includes(dimension));
  return [
    ...strange.map(([member]): Fault => [member, notToldApart(meter)]),
    ...(event.cost !== undefined && currency === undefined ? [['cost', `must be left out: ${name} has no currency`] as const] : []),
  ];
}

function toChecked(meter: Meter, event: UsageEvent, place: number): CheckedEvent {
  const { id, quantity = '1', cost, projectId, memberId, apiKeyId, resources = {} } = event;
  const at = parseInstant(event.at)!.toISOString();
  return {
    ...{ place, id, meter, at, month: `${at.slice(0, 7)}-01`, quantity, cost },
    project: projectId && toUuid('project', projectId),
    user: memberId && toUuid('user', memberId),
    apiKey: apiKeyId && toUuid('apiKey', apiKeyId),
    resources: Object.fromEntries(Object.entries(resources).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function isSame({ place: _, ...one }: CheckedEvent, { place: __, ...other }: CheckedEvent): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
