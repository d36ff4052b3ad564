import { type Html, html, prose } from './html.ts';
import { memberLine, memberList, nameOf, type Resolve, type Schema, typeOf } from './reference-schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref?: string; readonly value?: unknown }>>;
}

interface Message {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

/** An operation as openapi.yaml writes it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: Message;
  readonly responses: Readonly<Record<string, Message | { readonly $ref: string }>>;
  readonly 'x-permission'?: { readonly resource: string; readonly action: string };
  readonly 'x-further-permissions'?: readonly string[];
}

/** One operation: what it does, what it needs, what it takes, what it answers. */
export function operationSection(method: string, path: string, operation: DocumentedOperation, resolve: Resolve): Html {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve<Parameter>(parameter));
  return html`<section class="operation" id="${operation.operationId}"><h3>${operation.summary}</h3>
<p class="call"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
<p>${prose(operation.description)}</p>
${facts(operation)}
${parameters.length > 0 && html`<h4>Parameters</h4><dl class="members">${parameters.map((parameter) => memberLine(parameter.name, parameter.schema, resolve, { required: parameter.required === true, description: parameter.description, where: parameter.in }))}</dl>`}
${operation.requestBody && requestBody(operation.requestBody, resolve)}
<h4>Answers</h4>${answers(operation, resolve)}
<details><summary>Try it with curl</summary><pre tabindex="0"><code>${curl(method, path, operation, resolve)}</code></pre></details>
</section>`;
}

function facts(operation: DocumentedOperation): Html {
  const permission = operation['x-permission'];
  const further = operation['x-further-permissions'] ?? [];
  return html`<dl class="facts"><dt>Operation</dt><dd><code>${operation.operationId}</code></dd>
<dt>Permission</dt><dd>${permission ? html`<code>${permission.resource}:${permission.action}</code>` : 'none: open to everybody'}${further.map((name) => html`, also <code>${name}</code>`)}</dd></dl>`;
}

function requestBody(body: Message, resolve: Resolve): Html {
  const [[type, media] = ['', {}] as const] = Object.entries(body.content ?? {});
  const others = Object.keys(body.content ?? {}).slice(1);
  const schema = media.schema ?? {};
  return html`<h4>Body</h4><p>${typeOf(schema)} as <code>${type}</code>${others.map((other) => html` or <code>${other}</code>`)}</p>
${memberList(resolve<Schema>(schema), resolve)}
${exampleBlock(media, resolve)}`;
}

function answers(operation: DocumentedOperation, resolve: Resolve): Html {
  const all = Object.entries(operation.responses).map(([status, response]) => [status, resolve<Message>(response)] as const);
  const successes = all.filter(([status]) => status.startsWith('2'));
  const failures = all.filter(([status]) => /^[45]/.test(status));
  return html`${successes.map(([status, response]) => success(status, response, resolve))}
<ul class="codes">${failures.map(([status, response]) => html`<li><strong>${status}</strong> ${prose(response.description ?? '')}</li>`)}</ul>`;
}

function success(status: string, response: Message, resolve: Resolve): Html {
  const [entry] = Object.entries(response.content ?? {});
  if (!entry) return html`<p><strong>${status}</strong> ${response.description}</p>`;
  const [type, media] = entry;
  return html`<p><strong>${status}</strong> ${response.description} ${media.schema?.$ref ? typeOf(media.schema) : html`<code>${type}</code>`}</p>${exampleBlock(media, resolve)}`;
}

function exampleOf(media: Media, resolve: Resolve): unknown {
  const [named] = Object.values(media.examples ?? {});
  return named ? resolve<{ value?: unknown }>(named as { value?: unknown }).value : media.example;
}

function exampleBlock(media: Media, resolve: Resolve): Html | undefined {
  const example = exampleOf(media, resolve);
  if (example === undefined) return undefined;
  return html`<details><summary>Example${media.schema?.$ref && ` of ${nameOf(media.schema.$ref)}`}</summary><pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre></details>`;
}

function curl(method: string, path: string, operation: DocumentedOperation, resolve: Resolve): string {
  const lines = [`curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$TENET${path.replace(/\{(\w+)\}/g, '$$$1')}"`];
  if (operation['x-permission']) lines.push('-H "Authorization: Bearer $TOKEN"');
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(parameter));
  if (parameters.some(({ name }) => name === 'If-Match')) lines.push('-H "If-Match: $ETAG"');
  const media = operation.requestBody?.content?.['application/json'];
  if (media)
    lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(exampleOf(media, resolve)).replaceAll("'", "'\\''")}'`);
  return lines.join(' \\\n  ');
}
