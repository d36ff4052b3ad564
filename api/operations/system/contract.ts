import { NotFound } from '../../../core/base/errors.ts';
import type { Handlers } from '../../contract/handler.ts';
import { problemHtml } from '../../docs/reference.ts';
import { problems } from '../../http/problem.ts';
import type { Services } from '../services.ts';

/** Tag Contract. */
export function contract(services: Services): Pick<Handlers, 'getRoot' | 'getOpenapiYaml' | 'getOpenapiJson' | 'getDocs' | 'getProblem'> {
  return {
    async getRoot() {
      const body = '<!doctype html>\n<title>Tenet</title>\n<p><a href="/docs">Documentation</a>, <a href="/openapi.yaml">OpenAPI</a></p>\n';
      return { status: 303, contentType: 'text/html', body, headers: { location: '/docs' } };
    },

    async getOpenapiYaml() {
      return { status: 200, contentType: 'application/yaml', body: services.document().yaml };
    },

    async getOpenapiJson() {
      return { status: 200, body: JSON.parse(services.document().json) };
    },

    async getDocs() {
      const { html, headers } = services.reference();
      return { status: 200, contentType: 'text/html', body: html, headers };
    },

    async getProblem({ params }) {
      const { slug } = params;
      if (!Object.hasOwn(problems, slug)) throw new NotFound();
      const { html, headers } = problemHtml(slug as keyof typeof problems);
      return { status: 200, contentType: 'text/html', body: html, headers };
    },
  };
}
