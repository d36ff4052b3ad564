import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import {
  type AuditChange,
  type AuditedContract,
  auditChanges,
  causes,
  closed,
  deniedActions,
  type Schema,
} from './contract/audit-changes.ts';

/** docs/audit-events.md: each event that the contract, a manifest, a job or the command line can cause, and what it says. */
export async function auditEventsPage(root: URL): Promise<string> {
  const contract = parse(await readFile(new URL('openapi.yaml', root), 'utf8')) as AuditedContract;
  const changes = auditChanges(contract);
  const nouns = [...new Set(changes.map(({ action }) => nounOf(action)))];
  const data = changes.flatMap(({ schema: { properties = {} } }) => [properties['before'], properties['after']]);
  const resources = [...new Set(data.flatMap((each) => (each ? resourcesOf(contract, each) : [])))].sort();
  const denied = deniedActions(contract).map((action) => `\`${action}\``);
  return [
    introduction,
    ...nouns.flatMap((noun) => [
      '',
      `## ${noun}`,
      '',
      ...table(
        contract,
        changes.filter(({ action }) => nounOf(action) === noun),
      ),
    ]),
    '',
    '## The resources',
    '',
    'They are as the API shows them.',
    '',
    '| resource | members |',
    '|---|---|',
    ...resources.map((name) => `| \`${name}\` | ${fieldsOf(closed(contract, contract.components.schemas[name]!))} |`),
    '',
    deniedText,
    '',
    fieldsOf(closed(contract, contract.components.schemas['AuditDeniedAttempts']!)),
    '',
    `The actions: ${denied.join(', ')}.`,
    '',
  ].join('\n');
}

function table(contract: AuditedContract, changes: readonly AuditChange[]): string[] {
  return [
    '| action | what happened | caused by | log | target | before | after |',
    '|---|---|---|---|---|---|---|',
    ...changes.map(({ action, description, operations, alsoBy, logs, schema }) => {
      const by = [...operations.map((operation) => `\`${operation}\``), ...alsoBy.map((cause) => causes[cause])];
      const { target, before, after } = schema.properties ?? {};
      const data = [before, after].map((each) => (each ? `${dataOf(contract, each)}${isOptional(schema, each)}` : ''));
      const cells = [`\`${action}\``, description, by.join(', '), logs.join(' and '), targetOf(contract, target!), ...data];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    }),
  ];
}

function isOptional({ properties, required = [] }: Schema, part: Schema): string {
  const name = properties?.['before'] === part ? 'before' : 'after';
  return required.includes(name) ? '' : ' (may be absent)';
}

/** A resource by its name, which the last table explains; else the members. */
function dataOf(contract: AuditedContract, data: Schema): string {
  if (data.anyOf) return data.anyOf.map((each) => dataOf(contract, each)).join('; or ');
  if (data.allOf) return data.allOf.map((each) => dataOf(contract, each)).join(' with ');
  const name = resourceOf(data);
  if (name !== undefined) return `${/^[AEIO]/.test(name) ? 'an' : 'a'} \`${name}\``;
  const component = data.$ref === undefined ? undefined : contract.components.schemas[nameOf(data.$ref)];
  return component?.allOf ? dataOf(contract, component) : fieldsOf(closed(contract, data));
}

/** A component that operations show as well. */
function resourceOf({ $ref }: Schema): string | undefined {
  return $ref === undefined || nameOf($ref).startsWith('Audit') ? undefined : nameOf($ref);
}

function nameOf($ref: string): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

function resourcesOf(contract: AuditedContract, schema: Schema): string[] {
  const name = resourceOf(schema);
  if (name !== undefined) return [name];
  if (schema.$ref !== undefined) return resourcesOf(contract, contract.components.schemas[nameOf(schema.$ref)]!);
  return [...(schema.allOf ?? []), ...(schema.anyOf ?? [])].flatMap((part) => resourcesOf(contract, part));
}

/** The names of the members; those that may be absent with a question mark. */
function fieldsOf({ properties = {}, required = [] }: Schema): string {
  return Object.keys(properties)
    .map((name) => `\`${name}\`${required.includes(name) ? '' : '?'}`)
    .join(', ');
}

function targetOf(contract: AuditedContract, target: Schema): string {
  return (target.$ref === undefined ? target.description : closed(contract, target).description) ?? '';
}

function nounOf(action: string): string {
  return action.slice(0, action.lastIndexOf('.'));
}

const introduction = `# Audit events

<!-- Made from openapi/ by \`npm run generate\`. -->

Each change writes an event in its transaction: who (\`actor\`), what (\`action\`), to what (\`target\`), and what that changed (\`before\`, \`after\`). The
log of an organization is read by \`listAuditEvents\`, that of the platform by \`listPlatformAuditEvents\`. An event of both is in either of them. What an
operator does in an organization that [lets them in](operations.md) is in the platform's log too, whatever it is.

The tables name what \`before\` and \`after\` hold: a resource, or members of their own. A \`?\` marks those that may be absent. Their types are in the contract: the component
\`AuditChanges\` has a schema for each action, in TypeScript \`components['schemas']['AuditChanges']['grant.create']['after']\`. The tests compare each event
that they cause with it. A log keeps its events as they were recorded, so those of an earlier version may say less. No event holds a secret.

Looking for unusual activity: [operations.md](operations.md#unusual-activity).`;

const deniedText = `## Denied attempts

An attempt to change something that the policy denied has the outcome DENIED, and the permission that was asked for as its action. The first one of an
actor in an hour is recorded at once, with \`decisionId\` and without data. When the hour is over, a second event says how often it was, if that was more
than once. Its \`after\` holds:`;
