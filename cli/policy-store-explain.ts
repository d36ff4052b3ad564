import type { StoreReasons } from '../core/authorization/policy-stores/explain.ts';
import { counted } from '../core/base/counted.ts';
import { isObject } from '../core/base/objects.ts';
import { printable } from '../core/base/text.ts';
import type { StoreExplanation } from '../core/policy-stores/explanations.ts';
import { connect, type ServerOptions } from './api-client.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { findStore } from './policy-store-place.ts';

interface ExplainOptions extends ServerOptions {
  readonly output: Format;
  /** A JSON object. */
  readonly context?: string;
}

/** The question as its three words on the command line. */
interface Words {
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
}

const codes = { allowed: 0, denied: 1 } as const;

/** `tenet policy-store explain`: what a store decides, by which row, and what came nearest. Exit code: 0 allowed, 1 denied. */
export async function explainInStore(
  store: string,
  { subject, action, resource }: Words,
  options: ExplainOptions,
  out: Out = console.log,
): Promise<number> {
  const question = { subject: entityOf(subject), action: { name: action }, resource: entityOf(resource) };
  const context = options.context === undefined ? undefined : contextOf(options.context);
  const api = connect(options);
  const { path, revision } = await findStore(api, store);
  const { body } = await api.post<StoreExplanation>(`${path}/explain`, {
    ...question,
    ...(context && { context }),
    ...(revision !== undefined && { revision }),
  });
  print(options.output, out, body, () => linesOf(body, `${subject} ${action} ${resource}`).map(printable));
  return body.decision ? codes.allowed : codes.denied;
}

function entityOf(text: string): { type: string; id: string } {
  const [, type, id] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (type === undefined) throw new UsageError(`${text} is no subject or resource: give a type and an id, as in user:alice.`);
  return { type, id: id! };
}

function contextOf(text: string): Record<string, unknown> {
  try {
    const context: unknown = JSON.parse(text);
    if (isObject(context)) return context;
  } catch {
    // The same sentence is for both.
  }
  throw new UsageError(`--context must be a JSON object, as in '{"ip":"10.0.0.1"}'.`);
}

const reasons: Readonly<Record<Exclude<StoreExplanation['reason'], 'RULE'>, string>> = {
  NO_MATCH: 'no row of policy.csv allows it',
  NO_POLICY: 'no revision of the store is in force',
};

function linesOf(explanation: StoreExplanation, question: string): string[] {
  const { decision, reason, revision, sha256, rule, domain, roles } = explanation;
  const by = rule ? `policy.csv:${rule.line}` : reasons[reason as 'NO_MATCH'];
  return [
    `${decision ? 'allowed' : 'denied'}: ${question}: ${by}`,
    ...(rule ? ruleLines(rule) : []),
    ...missLines(explanation),
    ...(domain === undefined ? [] : [`domain ${domain}`]),
    ...roles.map(({ role, through }) => `has ${role}, by ${linesIn(through)}`),
    ...(revision === undefined ? [] : [`revision ${revision}, sha256 ${sha256}`]),
  ];
}

function ruleLines({ row, subject, through, condition }: NonNullable<StoreReasons['rule']>): string[] {
  return [
    `  ${row}`,
    ...(through.length === 0 ? [] : [`  the subject is ${subject}, by ${linesIn(through)}`]),
    ...(condition ? [`  it is true that ${condition.text}`, ...valueLines(condition.values)] : []),
  ];
}

function missLines({ nearMisses, omittedNearMisses }: StoreExplanation): string[] {
  return [
    ...nearMisses.flatMap(({ line, row, unmet }) => [
      `nearest policy.csv:${line}: ${row}`,
      ...unmet.flatMap(({ part, text, values }) => [`  ${lacking[part](text)}`, ...valueLines(values)]),
    ]),
    ...(omittedNearMisses > 0 ? [`and ${counted(omittedNearMisses, 'further row')}`] : []),
  ];
}

const lacking = {
  SUBJECT: (text: string) => `it is about ${text}, which the subject is not`,
  DOMAIN: (text: string) => `it holds in the domain ${text}`,
  CONDITION: (text: string) => `it is not true that ${text}`,
} as const;

function valueLines(values: StoreReasons['nearMisses'][number]['unmet'][number]['values']): string[] {
  return values.map(({ name, value = 'nothing: the question does not have it' }) => `    ${name} is ${value}`);
}

const linesIn = (through: readonly { readonly line: number }[]): string => through.map(({ line }) => `policy.csv:${line}`).join(' and ');
