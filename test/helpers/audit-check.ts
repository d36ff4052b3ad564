import { Ajv, type ValidateFunction } from 'ajv';
import pg from 'pg';
import { addContractFormats } from '../../api/contract/formats.ts';
import { type AuditChange, type AuditedContract, auditChanges, causes, closed, deniedActions } from '../../cli/contract/audit-changes.ts';
import { erasedPerson, openEntry } from '../../core/audit/person-keys.ts';
import { readContract } from './contract.ts';

interface Event {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: 'SUCCEEDED' | 'DENIED';
  readonly organizationId?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What is compiled once in a process, each schema when the first event needs it. */
interface Rules {
  readonly changes: ReadonlyMap<string, AuditChange>;
  readonly denied: ReadonlySet<string>;
  validator(action: string): ValidateFunction;
}

let rules: Rules | undefined;

function readRules(): Rules {
  const contract = readContract() as AuditedContract;
  const changes = new Map(auditChanges(contract).map((change) => [change.action, change]));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addContractFormats(ajv);
  const compiled = new Map<string, ValidateFunction>();
  const denials = closed(contract, contract.components.schemas['AuditDeniedAttempts']!);
  return {
    changes,
    denied: new Set(deniedActions(contract)),
    validator(action) {
      const schema =
        action === denial
          ? { type: 'object', properties: { after: denials }, additionalProperties: false }
          : closed(contract, changes.get(action)!.schema);
      const validate = compiled.get(action) ?? ajv.compile(schema);
      compiled.set(action, validate);
      return validate;
    },
  };
}

const denial = '(denied)';

/** What the events in the logs of this database say otherwise than the contract, a line for each kind of deviation. */
export async function auditDeviations(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ event: string; of_platform: boolean }>(
      `select event, org_id = '00000000-0000-0000-0000-000000000000' as of_platform from tenet.audit_events`,
    );
    const stored = await client.query<{ subject: string; key: Buffer | null }>('select subject, key from tenet.person_keys');
    const keys = new Map(stored.rows.map(({ subject, key }) => [subject, key]));
    const opened = rows.flatMap(({ event: text, of_platform }) => {
      const event = JSON.parse(text) as Event;
      const shown = openEntry(keys, event, event);
      // Nobody can say any more whether that was an address.
      return JSON.stringify(shown).includes(JSON.stringify(erasedPerson)) ? [] : [{ event: shown, of_platform }];
    });
    return [...new Set(opened.flatMap(({ event, of_platform }) => deviationsOf(event, of_platform)))];
  } finally {
    await client.end();
  }
}

/** What is wrong with one event in one of the two kinds of logs. */
export function deviationsOf(event: Event, isOfPlatform: boolean): string[] {
  rules ??= readRules();
  const { action, outcome, actor, target, before, after } = event;
  const found = outcome === 'DENIED' ? deniedDeviations(rules, event) : changeDeviations(rules, event, isOfPlatform);
  if (outcome !== 'DENIED' && !rules.changes.has(action)) return found;
  const data = { ...(outcome !== 'DENIED' && { target }), ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  const validate = rules.validator(outcome === 'DENIED' ? denial : action);
  const misfits = validate(data)
    ? []
    : validate.errors!.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  return [...found, ...misfits].map((problem) => `${action} by ${actor.replace(/_[0-7][0-9a-z]{25}/g, '_…')}: ${problem}`);
}

function deniedDeviations({ denied }: Rules, { action }: Event): string[] {
  return denied.has(action) ? [] : ['it was denied, and no operation that changes something asks for that'];
}

function changeDeviations({ changes }: Rules, { action, actor, organizationId }: Event, isOfPlatform: boolean): string[] {
  const change = changes.get(action);
  if (!change) return [`${action} by ${actor}: openapi/audit-changes.yaml does not know this action`];
  // The platform has a copy of all that an operator does in an organization.
  const isCopy = isOfPlatform && organizationId !== undefined;
  const log = isOfPlatform ? 'platform' : 'organization';
  return [
    ...(isCopy || change.logs.includes(log) ? [] : [`it is in the log of the ${log}, and x-logs does not say so`]),
    ...(isCausedBy(change, actor) ? [] : ['neither an x-audit nor x-also-by names who caused it']),
  ];
}

/** Operations and sign-ins are those of users, service accounts and finders of keys. */
function isCausedBy({ operations, alsoBy }: AuditChange, actor: string): boolean {
  const cause = Object.entries(actors).find(([, pattern]) => pattern.test(actor))?.[0];
  if (cause !== undefined && cause in causes) return alsoBy.includes(cause);
  return operations.length > 0 || alsoBy.includes('sign-in');
}

const actors = { manifest: /^manifest:/, job: /^tenet$/, 'command-line': /^system:cli$/, start: /^system:start$/ };
