import { InvalidArgumentError, Option } from 'commander';
import { counted } from '../core/base/counted.ts';
import { formats, namings, planForms } from './formats.ts';
import type { WantedGates, WantedStage } from './policy-rollout.ts';
import type { WantedStoreStage } from './policy-store-rollout.ts';

/** The values of an option that may be given several times. */
export const collect = (value: string, before: string[]): string[] => [...before, value];

export function percent(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}$/.test(text) && value <= 100) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 to 100.');
}

/** Reads a whole number from 1 to `most`. */
const upTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && text.length <= String(most).length && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };

export const count = upTo(1000);

/** Types of entities with commas between them, as many as a plan takes. */
export function entityTypes(text: string): string[] {
  const types = text.split(',');
  if (types.length <= 20 && types.every((type) => /^[^\s:]+$/.test(type))) return types;
  throw new InvalidArgumentError('It must be up to 20 types of entities, with commas between them, as in user,device.');
}

/** What a plan may find for which the command ends with 20: some of these, with commas between them. */
export const failOn = <F extends string>(findings: readonly F[], example: string): Option =>
  new Option('--fail-on <list>', `also end with 20 for some of ${findings.join(', ')}, as in ${example}`)
    .argParser((text) => readFindings(text, findings))
    .default([]);

function readFindings<F extends string>(text: string, findings: readonly F[]): F[] {
  const names = text.split(',');
  if (names.every((name) => findings.some((finding) => finding === name))) return findings.filter((finding) => names.includes(finding));
  throw new InvalidArgumentError(`It must be some of ${findings.join(', ')}, with commas between them.`);
}

/** The forms of a plan for pull requests, code scanning and build servers. */
export const planForm = (): Option =>
  new Option('--format <form>', 'form of the report, instead of -o').choices(planForms).conflicts('output');

export const cases = upTo(1_000_000);

/** Decisions of a policy store, as many as one replay takes. */
export const decisions = upTo(50_000);

/** In days; at most as many as the log may keep. */
export function days(text: string): number {
  const [, number = '', unit] = /^(\d{1,4})(d|h)$/.exec(text) ?? [];
  const value = Number(number) / (unit === 'h' ? 24 : 1);
  if (number !== '' && value > 0 && value <= 401) return value;
  throw new InvalidArgumentError('It must be a time from 1h to 401d, such as 12h or 7d.');
}

/** A time in days as it is given and said: `7 days`, `12 hours`. */
export const timeOf = (days: number): string => (Number.isInteger(days) ? counted(days, 'day') : counted(Math.round(days * 24), 'hour'));

/** At most ten minutes. */
export function seconds(text: string): number {
  const [, number = '', unit] = /^(\d{1,3})(s|m)$/.exec(text) ?? [];
  const value = Number(number) * (unit === 'm' ? 60 : 1);
  if (number !== '' && value > 0 && value <= 600) return value;
  throw new InvalidArgumentError('It must be a time from 1s to 10m, such as 10s or 2m.');
}

/** The form of what a command prints, the same for each. */
export const output = (): Option => new Option('-o, --output <form>', 'form of what is printed').choices(formats).default('table');

/** Whose names a report for people has. */
export const names = (): Option =>
  new Option('--names <whose>', "all, places (not people's) or none; without it all at a terminal, else places").choices(namings);

/** Gives what has a role that `of` lacks another one. */
export const renameRole = (of: string, kind = ''): Option =>
  new Option(`--rename-role <${kind}old=new>`, `what has a role that ${of} ${lack(of)} has this one then; repeat it for more`)
    .argParser(collect)
    .default([]);

/** Revokes what is given with a role that `of` lacks. */
export const dropRole = (of: string, kind = ''): Option =>
  new Option(`--drop-role <${kind}role>`, `what is given with a role that ${of} ${lack(of)} is revoked; repeat it for more`)
    .argParser(collect)
    .default([]);

const lack = (of: string): string => (of.endsWith('s') ? 'lack' : 'lacks');

export const allowUnsigned = (): Option =>
  new Option('--allow-unsigned', 'also where running replicas demand a signature that it lacks: they go on by what they had');

export const wait = (): Option =>
  new Option('--wait <time>', 'wait so long until every replica decides by it, such as 10s or 2m').argParser(seconds);

/** How far a revision is to go. */
export const stage = (): Option =>
  new Option('--stage <stage>', 'shadow, canary:<share>%, orgs=<organizations> by slugs or ids, or all')
    .argParser(readStage)
    .makeOptionMandatory();

/** What `--stage` says: `shadow`, `all`, `canary:5%`, `orgs=acme,beta`, or the last two together, as in `canary:5%,orgs=acme`. */
function readStage(text: string): WantedStage {
  if (text === 'shadow' || text === 'all') return { stage: text === 'shadow' ? 'SHADOW' : 'ALL' };
  const [, percent, named] = /^(?:canary:(\d{1,3}(?:\.\d{1,2})?)%)?,?(?:orgs=(\S+))?$/.exec(text) ?? [];
  const share = percent === undefined ? undefined : hundredths(percent);
  const organizations = named?.split(',') ?? [];
  const isWanted = share === undefined ? organizations.length > 0 : share >= 1 && share <= 10_000;
  if (isWanted && organizations.every((name) => name !== ''))
    return { stage: 'CANARY', ...(share !== undefined && { share }), organizations };
  throw new InvalidArgumentError('It must be shadow, canary:5% (0.01 to 100), orgs=acme,beta, both as in canary:5%,orgs=acme, or all.');
}

/** A percentage in hundredths of a percent. */
const hundredths = (percent: string): number => Math.round(Number(percent) * 100);

/** How far a revision of a policy store is to go. */
export const storeStage = (): Option =>
  new Option('--stage <stage>', 'shadow, canary:<share>% of the subjects, or all').argParser(readStoreStage);

function readStoreStage(text: string): WantedStoreStage {
  if (text === 'shadow' || text === 'all') return { stage: text === 'shadow' ? 'SHADOW' : 'ALL' };
  const share = hundredths(/^canary:(\d{1,3}(?:\.\d{1,2})?)%$/.exec(text)?.[1] ?? '0');
  if (share >= 1 && share <= 10_000) return { stage: 'CANARY', share };
  throw new InvalidArgumentError('It must be shadow, canary:5% (0.01 to 100 percent of the subjects), or all.');
}

/** What promotion asks for. */
export const gate = (): Option =>
  new Option('--gate <figures>', 'what promotion asks for, such as decisions=1000,unplanned=0').argParser(readGates);

/** What `--gate` says, such as `decisions=1000,unplanned=0`. */
function readGates(text: string): WantedGates {
  const gates: { decisions?: number; unplanned?: number } = {};
  for (const part of text.split(',')) {
    const [, name, number] = /^(decisions|unplanned)=(\d{1,9})$/.exec(part) ?? [];
    if (name === undefined)
      throw new InvalidArgumentError('It must be decisions=<number>, unplanned=<number>, or both with a comma between.');
    gates[name as keyof typeof gates] = Number(number);
  }
  return gates;
}
