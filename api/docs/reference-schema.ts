import { type Content, type Html, html, prose } from './html.ts';

/** A schema as openapi.yaml writes it, references unresolved. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Finds what a reference names; returns anything else as it is. */
export type Resolve = <T>(value: T | { readonly $ref: string }) => T;

export type Schemas = Readonly<Record<string, Schema>>;

/** The last part of a reference: the name of the component. */
export function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}

/** The type of a schema in words, named schemas linked. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref) return html`<a href="#schema-${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`;
  const or = schema.nullable ? ' or null' : '';
  if (schema.type === 'array') return html`array of ${schema.items ? typeOf(schema.items) : 'anything'}${or}`;
  if (typeof schema.additionalProperties === 'object') return html`map to ${typeOf(schema.additionalProperties)}${or}`;
  return html`${schema.format === 'date-time' ? 'date and time' : (schema.type ?? 'anything')}${or}`;
}

/** What a schema bounds, as a few short phrases. */
function boundsOf(schema: Schema): string[] {
  const range = (from: number | undefined, to: number | undefined, unit: string) =>
    from === undefined && to === undefined ? [] : [`${from ?? 0} to ${to ?? 'any number of'}${unit}`];
  return [
    ...(schema.minimum === undefined && schema.maximum === undefined
      ? []
      : [`from ${schema.minimum ?? 'any'}${schema.maximum === undefined ? '' : ` to ${schema.maximum}`}`]),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' items'),
    ...(schema.default === undefined ? [] : [`${schema.default} when absent`]),
  ];
}

/** One line of a list of members or parameters. */
export function memberLine(
  name: string,
  schema: Schema,
  resolve: Resolve,
  more: { required: boolean; description?: string | undefined; where?: string },
): Html {
  const description = more.description ?? resolve<Schema>(schema).description;
  const facts = [...boundsOf(schema), ...(schema.pattern ? [html`pattern <code>${schema.pattern}</code>`] : [])];
  return html`<div><dt><code>${name}</code> ${more.required && html`<span class="required">required</span>`}</dt>
<dd>${typeOf(schema)}${more.where && ` in ${more.where}`}${facts.map((fact): Content => html`<span class="soft">, ${fact}</span>`)}${description && html`<br>${prose(description)}`}</dd></div>`;
}

/** The members of an object, one line each. */
export function memberList(schema: Schema, resolve: Resolve): Html {
  const members = Object.entries(schema.properties ?? {});
  return html`<dl class="members">${members.map(([name, member]) => memberLine(name, member, resolve, { required: schema.required?.includes(name) ?? false }))}</dl>`;
}

/** A named schema with everything it says. */
export function schemaSection(name: string, schema: Schema, resolve: Resolve): Html {
  return html`<section class="schema" id="schema-${name}"><h3>${name}</h3>
<p>${prose(schema.description ?? '')}</p>
${schema.enum && html`<p>${schema.enum.map((word, index) => html`${index > 0 && ', '}<code>${word}</code>`)}</p>`}
${schema.properties ? memberList(schema, resolve) : !schema.enum && html`<p class="soft">${typeOf(schema)}${boundsOf(schema).map((bound) => `, ${bound}`)}${schema.pattern && html`, pattern <code>${schema.pattern}</code>`}</p>`}
</section>`;
}
