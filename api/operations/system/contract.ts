import { NotFound } from '../../../core/base/errors.ts';
import { isUnmodified, readPreconditions } from '../../../core/base/preconditions.ts';
import type { Handlers } from '../../contract/handler.ts';
import { preferredType } from '../../contract/media-types.ts';
import { once, readAssets, takesBrotli } from '../../docs/assets.ts';
import { noProblemHtml, problemHtml } from '../../docs/reference.ts';
import { scalarPage } from '../../docs/scalar-page.ts';
import { problems } from '../../http/problem.ts';
import type { Services } from '../services.ts';

type ContractOperation = 'getRoot' | 'getOpenapiYaml' | 'getOpenapiJson' | 'getDocs' | 'getPlainDocs' | 'getDocsAsset' | 'getProblem';

/** Tag Contract. */
export function contract(services: Services): Pick<Handlers, ContractOperation> {
  const pages = createPages(services);
  const assets = once(readAssets);
  return {
    async getRoot() {
      const body = '<!doctype html>\n<title>Tenet</title>\n<p><a href="/docs">Documentation</a>, <a href="/openapi.yaml">OpenAPI</a></p>\n';
      return { status: 303, contentType: 'text/html', body, headers: { location: '/docs' } };
    },

    async getOpenapiYaml() {
      return { status: 200, contentType: 'application/yaml', ...pages('yaml', ({ document }) => ({ body: document().yaml })) };
    },

    async getOpenapiJson() {
      return { status: 200, ...pages('json', ({ document }) => ({ body: JSON.parse(document().json) })) };
    },

    async getDocs() {
      const { html, headers } = scalarPage('Tenet API', await assets());
      return { status: 200, contentType: 'text/html', headers, body: html };
    },

    async getDocsAsset({ params, headers: sent }) {
      const asset = (await assets()).files.get(params.asset);
      if (!asset) throw new NotFound();
      const isBrotli = takesBrotli(sent['accept-encoding']);
      const etag = `"${asset.digest}${isBrotli ? '-br' : ''}"`;
      const headers = { etag, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' };
      if (isUnmodified(readPreconditions(sent), etag)) return { status: 304, headers };
      const { contentType } = asset;
      if (!isBrotli) return { status: 200, contentType, headers, bytes: await asset.plain() };
      return { status: 200, contentType, headers: { ...headers, 'content-encoding': 'br' }, bytes: await asset.brotli() };
    },

    async getPlainDocs() {
      const { html, headers } = services.reference();
      return { status: 200, contentType: 'text/html', headers, ...pages('docs', () => ({ body: html })) };
    },

    async getProblem({ params: { slug }, headers: { accept } }) {
      if (!Object.hasOwn(problems, slug)) {
        if (preferredType(accept, ['application/problem+json', 'text/html']) !== 'text/html') {
          throw new NotFound('There is no such problem type; /docs/plain#problems lists those that there are.');
        }
        const { html, headers } = noProblemHtml();
        return { status: 404, contentType: 'text/html', body: html, headers: { ...headers, vary: 'accept' } };
      }
      const { html, headers } = problemHtml(slug as keyof typeof problems);
      return { status: 200, contentType: 'text/html', body: html, headers };
    },
  };
}

/** A body that never changes, beside its bytes. */
interface StaticBody<B> {
  readonly body: B;
  readonly bytes: Buffer;
}

/** Makes each body once, when it is first asked for: it is long, and everybody may ask. */
function createPages(services: Services) {
  const made = new Map<string, StaticBody<never>>();
  return <B>(name: string, make: (services: Services) => { body: B }): StaticBody<B> => {
    const known = made.get(name);
    if (known) return known;
    const { body } = make(services);
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    made.set(name, { body: body as never, bytes });
    return { body, bytes };
  };
}
