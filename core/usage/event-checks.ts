import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { type Meter, noMeter, notToldApart } from '../authorization/policy/meters.ts';
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
  const meters = new Map(blueprint.meters?.map((meter) => [meter.name, meter]));
  const now = Date.now();
  for (const [place, event] of events.entries()) {
    const report = ([member, detail]: Fault) => errors.push({ pointer: `#/events/${place}/${member}`, detail });
    const meter = meters.get(event.meter);
    if (!meter) {
      report(['meter', noMeter(blueprint, event.meter)]);
      continue;
    }
    const at = parseInstant(event.at)!;
    for (const fault of faultsOf(meter, event, faultOfTime(at, now))) report(fault);
    if (errors.length > 0) continue;
    const one = toChecked(meter, event, { at: at.toISOString(), place });
    const same = checked.get(one.id);
    if (same === undefined) checked.set(one.id, one);
    else if (!isSame(one, same)) report(['id', `is the id of event ${same.place} too, which has another content`]);
  }
  refuseEvents(errors);
  return [...checked.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Throws InvalidInput with the first hundred of the errors; returns when there are none. */
export function refuseEvents(errors: readonly InputError[]): void {
  if (errors.length > 0) throw new InvalidInput('Some of these events cannot be counted. Nothing was counted.', errors.slice(0, 100));
}

function faultOfTime(at: Date, now: number): Fault | undefined {
  if (at.getTime() > now + aheadMinutes * 60_000) return ['at', `must be at most ${aheadMinutes} minutes ahead of the clock of the server`];
  if (at.getTime() < now - lateDays * 86_400_000) return ['at', `must be at most ${lateDays} days ago: what is older is closed`];
  return undefined;
}

/** What is wrong with an event, the fault of its time first. */
function faultsOf(meter: Meter, event: UsageEvent, ofTime: Fault | undefined): Fault[] {
  const { name, dimensions, currency } = meter;
  const faults = ofTime === undefined ? [] : [ofTime];
  const tell = (member: string, dimension: string): void => {
    if (!dimensions.includes(dimension)) faults.push([member, notToldApart(meter)]);
  };
  if (event.projectId !== undefined) tell('projectId', 'project');
  if (event.memberId !== undefined) tell('memberId', 'member');
  if (event.apiKeyId !== undefined) tell('apiKeyId', 'api-key');
  for (const type of Object.keys(event.resources ?? {})) tell(`resources/${escapeToken(type)}`, `resource:${type}`);
  if (event.cost !== undefined && currency === undefined) faults.push(['cost', `must be left out: ${name} has no currency`]);
  return faults;
}

function toChecked(meter: Meter, event: UsageEvent, { at, place }: { at: string; place: number }): CheckedEvent {
  const { id, quantity = '1', cost, projectId, memberId, apiKeyId, resources = {} } = event;
  return {
    place,
    id,
    meter,
    at,
    month: `${at.slice(0, 7)}-01`,
    quantity,
    cost,
    project: projectId && toUuid('project', projectId),
    user: memberId && toUuid('user', memberId),
    apiKey: apiKeyId && toUuid('apiKey', apiKeyId),
    resources: Object.fromEntries(Object.entries(resources).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function isSame({ place: _, ...one }: CheckedEvent, { place: __, ...other }: CheckedEvent): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
