import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { html, prose } from '../../../api/docs/html.ts';
import { createReference, problemHtml } from '../../../api/docs/reference.ts';
import { type ProblemSlug, problems } from '../../../api/http/problem.ts';
import { readContract } from '../../helpers/contract.ts';

const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');

describe('the documentation page', () => {
  const page = createReference(readContract() as object);
  const ids = [...page.html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);

  it('has a place for every operation, schema and problem', () => {
    const document = readContract() as { paths: Record<string, Record<string, { operationId: string }>>; components: { schemas: object } };
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(ids).to.include.members(operations);
    expect(ids).to.include.members(Object.keys(document.components.schemas).map((name) => `schema-${name}`));
    for (const slug of Object.keys(problems)) expect(page.html).to.contain(`href="/problems/${slug}"`);
  });

  it('explains the variables of its examples, and the token, before the first operation', () => {
    const beginning = page.html.slice(page.html.indexOf('id="authentication"'), page.html.indexOf('class="operation"'));
    const { description } = (readContract() as { components: { securitySchemes: { bearerAuth: { description: string } } } }).components
      .securitySchemes.bearerAuth;
    expect(beginning).to.contain(prose(description).text);
    const variables = new Set([...page.html.matchAll(/\$([A-Z_]+)/g)].map(([, name]) => name!));
    expect([...variables]).to.have.members(['TENET', 'TOKEN', 'ETAG']);
    for (const name of ['TENET', 'TOKEN']) expect(beginning).to.contain(`export ${name}=`);
    expect(beginning).to.contain('$ETAG');
  });

  it('gives each place one name, and every link inside leads to one', () => {
    expect(new Set(ids)).to.have.property('size', ids.length);
    const targets = [...page.html.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !ids.includes(target))).to.deep.equal([]);
  });

  it('holds nothing that could run, and asks for nothing from elsewhere', () => {
    expect(page.html).not.to.match(/<script|<iframe|<img|<link|\son\w+=|javascript:|style="/i);
    expect(page.html).not.to.match(/(?:src|href)="https?:/);
  });

  it('is admitted by a policy that admits only its own style', () => {
    const style = /<style>(.*?)<\/style>/s.exec(page.html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page.headers['Content-Security-Policy']).to.contain(`default-src 'none'; style-src 'sha256-${hash}';`);
    expect(page.headers['Content-Security-Policy']).not.to.contain('unsafe');
  });

  it('escapes what the document says', () => {
    const hostile = createReference(parse(text.replace('title: Tenet', 'title: <script>alert(1)</script>')));
    expect(hostile.html).not.to.contain('<script>');
  });

  for (const slug of Object.keys(problems) as ProblemSlug[]) {
    it(`has a page for ${slug}`, () => {
      const { html: problem, headers } = problemHtml(slug);
      expect(problem).to.contain(slug).and.to.contain(String(problems[slug].status));
      expect(headers).to.have.property('Content-Security-Policy');
    });
  }
});

describe('html', () => {
  it('escapes values, in lists too, and leaves Html alone', () => {
    const page = html`<p title="${'"x"'}">${['<', html`<b>${'&'}</b>`, 5, false, undefined]}</p>`;
    expect(page.text).to.equal('<p title="&#34;x&#34;">&#60;<b>&#38;</b>5</p>');
  });

  it('turns backticks into code', () => {
    expect(prose('a `b<` c').text).to.equal('a <code>b&#60;</code> c');
  });
});
