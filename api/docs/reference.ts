import { createHash } from 'node:crypto';
import { type ProblemSlug, problems } from '../http/problem.ts';
import { type Content, type Html, html, prose } from './html.ts';
import { type DocumentedOperation, operationSection } from './reference-operation.ts';
import { type Resolve, type Schemas, schemaSection } from './reference-schema.ts';
import { style } from './reference-style.ts';

/** An HTML page with the headers it must be sent with. */
export interface Page {
  readonly html: string;
  readonly headers: Record<string, string>;
}

interface ReferenceDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Schemas;
    readonly securitySchemes: { readonly bearerAuth: { readonly description: string } };
  };
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

/** Makes the page at /docs/plain out of what openapi.yaml says. It holds no scripts and asks for nothing else. */
export function createReference(document: unknown): Page {
  const contract = document as ReferenceDocument;
  const entries = Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  const groups = contract.tags.map((tag) => ({ ...tag, entries: entries.filter(({ operation }) => operation.tags[0] === tag.name) }));
  const resolve = resolver(contract);
  const schemas = Object.entries(contract.components.schemas);

  return page(
    `${contract.info.title} API`,
    html`<div class="layout"><nav aria-label="Contents">
<strong><a href="#authentication">Authentication</a></strong><ul></ul>
${groups.map(
  (group) => html`<strong><a href="#tag-${group.name}">${spaced(group.name)}</a></strong>
<ul>${group.entries.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`)}</ul>`,
)}
<strong><a href="#problems">Problems</a></strong><ul></ul>
<strong><a href="#schemas">Schemas</a></strong>
<ul>${schemas.map(([name]) => html`<li><a href="#schema-${name}">${name}</a></li>`)}</ul>
</nav>
<main id="main"><h1>${contract.info.title} API</h1>
<p class="soft">Version ${contract.info.version}. The same as <a href="/openapi.yaml">YAML</a> and <a href="/openapi.json">JSON</a>, for generators and clients.</p>
<p>${prose(contract.info.description)}</p>
${firstSteps(contract.components.securitySchemes.bearerAuth.description)}
${groups.map(
  (group) => html`<h2 id="tag-${group.name}">${spaced(group.name)}</h2><p class="soft">${prose(group.description)}</p>
${group.entries.map(({ method, path, operation }) => operationSection(method, path, operation, resolve))}`,
)}
${problemList()}
<h2 id="schemas">Schemas</h2><p class="soft">Every named shape of a request or an answer.</p>
${schemas.map(([name, schema]) => schemaSection(name, schema, resolve))}
</main></div>`,
  );
}

/** The page of one problem type, at the address that `type` ends in. */
export function problemHtml(slug: ProblemSlug): Page {
  const kind = problems[slug];
  return page(
    kind.title,
    html`<div class="single"><main id="main"><p class="soft">Problem type</p><h1>${kind.title}</h1>
<p>${prose(kind.description)}</p>
<dl class="facts"><dt>Status</dt><dd>${kind.status}</dd><dt>Code</dt><dd><code>${slug}</code></dd></dl>
<p><a href="/docs/plain#problems">All problem types</a></p></main></div>`,
  );
}

/** The page at the address of a problem type that does not exist. */
export function noProblemHtml(): Page {
  return page(
    'No such problem type',
    html`<div class="single"><main id="main"><h1>There is no such problem type</h1>
<p>Tenet answers with no problem of this name. It may belong to a newer version.</p>
<p><a href="/docs/plain#problems">All problem types</a></p></main></div>`,
  );
}

/**
 * What a reader needs before any example runs. The page does not know the address that its reader used, so it names the usual one.
 * The variables do not start with `TENET_`: `npx tenet` refuses such a name when it is not one of the configuration.
 */
function firstSteps(scheme: string): Html {
  return html`<h2 id="authentication">Authentication</h2>
<p>${prose(scheme)} Send it as <code>Authorization: Bearer …</code>; an operation that is open to everybody needs none.</p>
<p>The curl examples read the server and the token from two variables:</p>
<pre tabindex="0"><code>export TENET=http://127.0.0.1:8080
export TOKEN=$(npx tenet dev token --email alice@example.com)</code></pre>
<p><code>TENET</code> is the address of this page without <code>/docs/plain</code>. The second line is for the local issuer, which signs tokens when no identity provider is configured; otherwise take an access token of your identity provider. A name in a path, such as <code>$organizationId</code>, is for you to set or to replace, percent-encoded; <code>$ETAG</code> is the ETag of what you read, with its quotation marks.</p>`;
}

function problemList(): Html {
  const entries = Object.entries(problems).sort(([a], [b]) => (a < b ? -1 : 1));
  return html`<h2 id="problems">Problems</h2>
<p>Every failure is <code>application/problem+json</code> (RFC 9457): a <a href="#schema-Problem">Problem</a> whose <code>type</code> ends in one of these words.</p>
<dl class="members">${entries.map(
    ([slug, kind]) => html`<div><dt><a href="/problems/${slug}"><code>${slug}</code></a> <span class="required">${kind.status}</span></dt>
<dd>${kind.title}<br><span class="soft">${prose(kind.description)}</span></dd></div>`,
  )}</dl>`;
}

function page(title: string, body: Content): Page {
  const text = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>`.text;
  const rest = html`<body><a class="skip" href="#main">Skip to the content</a>${body}</body></html>`.text;
  return { html: `${text}${style}</style></head>${rest}\n`, headers: pageHeaders() };
}

function pageHeaders(): Record<string, string> {
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'public, max-age=300',
  };
}

function resolver(document: unknown): Resolve {
  return <T>(value: T | { readonly $ref: string }): T => {
    const reference = (value as { $ref?: string }).$ref;
    if (reference === undefined) return value as T;
    return reference
      .slice(2)
      .split('/')
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document) as T;
  };
}

/** `AuditEvents` as people write it. */
function spaced(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
