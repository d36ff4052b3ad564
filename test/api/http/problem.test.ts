import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { MethodNotAllowed, problems, toProblem } from '../../../api/http/problem.ts';
import {
  FailedPrecondition,
  InvalidInput,
  LimitExceeded,
  NotFound,
  PermissionDenied,
  RateLimited,
  TenetError,
  Unauthenticated,
  Unavailable,
  VersionMismatch,
} from '../../../core/base/errors.ts';

const root = new URL('../../../', import.meta.url);
const context = { requestId: 'req_1' };
const body = (error: unknown) => toProblem(error, context).body as Record<string, unknown>;
const headers = (error: unknown) => toProblem(error, context).headers;

/** Codes that never meet a caller: they stop a start or a command, or stand in the status of a manifest. */
const offline = ['invalid-configuration', 'key-in-use', 'not-handed-over', 'organization-changed'];

/** The codes that sources of the product give to their errors. */
function codesInUse(): Set<string> {
  const codes = new Set<string>();
  for (const room of ['api', 'apps', 'core', 'controllers']) {
    const names = readdirSync(new URL(`${room}/`, root), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))) {
      const text = readFileSync(new URL(`${room}/${name}`, root), 'utf8');
      for (const [, code] of text.matchAll(/(?:new (?:FailedPrecondition|TenetError)|super)\(\s*'([a-z-]+)'/g)) codes.add(code!);
    }
  }
  for (const code of offline) codes.delete(code);
  return codes;
}

describe('problems', () => {
  it('every code that an error carries has a problem type', () => {
    const missing = [...codesInUse()].filter((code) => !Object.hasOwn(problems, code));
    expect(missing).to.deep.equal([]);
  });

  it('docs/problems.md has a section for each problem type and no other', () => {
    const page = readFileSync(new URL('docs/problems.md', root), 'utf8');
    const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, slug]) => slug);
    expect(sections).to.deep.equal(Object.keys(problems).sort());
  });

  for (const [slug, kind] of Object.entries(problems)) {
    it(`${slug} says what it is and what to do`, () => {
      expect(slug).to.match(/^[a-z]+(-[a-z]+)*$/);
      expect(kind.status).to.be.within(400, 599);
      expect(kind.title).to.match(/^[A-Z].{3,60}[^.]$/);
      expect(kind.description).to.match(/^[A-Z].{20,300}\.$/);
    });

    it(`${slug} is answered with its own status, type and code`, () => {
      const reply = toProblem(new TenetError(slug, 'This happened.'), context);
      expect(reply.status).to.equal(kind.status);
      expect(reply.contentType).to.equal('application/problem+json');
      expect(reply.body).to.include({
        type: `https://tenet.dev/problems/${slug}`,
        title: kind.title,
        status: kind.status,
        code: slug,
        requestId: 'req_1',
      });
    });
  }
});

describe('toProblem', () => {
  const secret = 'password=hunter2 at db.internal';

  it('tells nothing about an error that it does not know', () => {
    for (const thrown of [
      new Error(secret),
      secret,
      undefined,
      null,
      { code: 'not-found', message: secret },
      new TenetError('no-such-code', secret),
    ]) {
      const reply = toProblem(thrown, context);
      expect(reply.status).to.equal(500);
      expect(JSON.stringify(reply)).not.to.contain('hunter2');
      expect(reply.body).to.include({ code: 'internal' });
    }
  });

  it('never shows the cause', () => {
    const reply = toProblem(new Unavailable('The database does not answer.', { cause: new Error(secret) }), context);
    expect(JSON.stringify(reply)).not.to.contain('hunter2');
  });

  it('answers a precondition of an unknown name as 409', () => {
    expect(toProblem(new FailedPrecondition('something-new', 'Not now.'), context)).to.have.property('status', 409);
    expect(body(new FailedPrecondition('something-new', 'Not now.'))).to.include({ code: 'failed-precondition', detail: 'Not now.' });
  });

  it('lets no field of an error overwrite a member of RFC 9457', () => {
    const liar = new TenetError('not-found', 'Gone.', { status: 200, type: 'about:blank', title: 'Fine', code: 'ok', requestId: 'other' });
    expect(body(liar)).to.include({ status: 404, code: 'not-found', requestId: 'req_1' });
  });

  it('names the parts of the input that are wrong', () => {
    const errors = [{ pointer: '#/name', detail: 'is required' }];
    expect(body(new InvalidInput('No.', errors))).to.deep.include({ errors });
  });

  it('names the missing permission and the decision', () => {
    expect(body(new PermissionDenied('project:create', 'dec_1'))).to.include({ requiredPermission: 'project:create', decisionId: 'dec_1' });
  });

  it('says limit and current when a limit is reached', () => {
    expect(body(new LimitExceeded('Full.', 3, 3))).to.include({ limit: 3, current: 3 });
  });

  it('answers alike for what does not exist and what may not be seen', () => {
    expect(toProblem(new NotFound(), context)).to.deep.equal(toProblem(new NotFound(), context));
    expect(JSON.stringify(body(new NotFound()))).not.to.match(/org_|prj_|user_/);
  });

  it('challenges with an error code only when a token was sent (RFC 6750 section 3.1)', () => {
    expect(headers(new Unauthenticated('no-credential'))).to.include({ 'WWW-Authenticate': 'Bearer realm="tenet"' });
    expect(headers(new Unauthenticated('expired'))).to.include({ 'WWW-Authenticate': 'Bearer realm="tenet", error="invalid_token"' });
    expect(JSON.stringify(toProblem(new Unauthenticated('unknown-issuer'), context))).not.to.contain('unknown-issuer');
  });

  it('says when to come back', () => {
    expect(headers(new Unavailable('Not now.'))).to.include({ 'Retry-After': '5' });
    expect(headers(new RateLimited('Slower.', { retryAfter: 11.2 }))).to.include({ 'Retry-After': '12' });
  });

  it('sends the methods that exist, and the present ETag', () => {
    expect(headers(new MethodNotAllowed(['GET', 'HEAD']))).to.include({ Allow: 'GET, HEAD' });
    expect(headers(new VersionMismatch('"8"'))).to.include({ ETag: '"8"' });
  });

  it('builds type URIs on the base of the installation', () => {
    const reply = toProblem(new NotFound(), { ...context, base: 'https://example.com/problems/' });
    expect(reply.body).to.include({ type: 'https://example.com/problems/not-found' });
  });
});
