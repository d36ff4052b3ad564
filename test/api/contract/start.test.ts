import { expect } from 'chai';
import { stringify } from 'yaml';
import { createContract } from '../../../api/contract/contract.ts';
import { toProblem } from '../../../api/http/problem.ts';
import { readContract } from '../../helpers/contract.ts';

const handlersOf = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, () => undefined]));

describe('createContract refuses to start on', () => {
  type Raw = Record<string, unknown>;
  type Item = Record<string, Raw>;
  const small = () => {
    const document = readContract() as { paths: Record<string, Item> };
    document.paths = { '/v1/me': document.paths['/v1/me']!, '/livez': document.paths['/livez']! };
    return document;
  };

  async function refusal(
    edit: (me: Raw, paths: Record<string, Item>) => void,
    handlers = ['getMe', 'updateMe', 'eraseMe', 'livez'],
  ): Promise<string> {
    const document = small();
    edit(document.paths['/v1/me']!['get']!, document.paths);
    const hooks = { authenticate: async () => undefined, dispatch: async () => ({ status: 200 }) };
    const options = { document: stringify(document), hooks, handlers: handlersOf(handlers), validateResponses: false };
    const outcome: unknown = await createContract(options).then(
      () => 'started',
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
    return String(outcome);
  }

  it('nothing, when all is well', async () => {
    expect(await refusal(() => undefined)).to.equal('started');
  });

  const cases: [string, (me: Raw, paths: Record<string, Item>) => void, string][] = [
    ['an operation that nobody decided who may call', (me) => delete me['x-permission'], 'getMe has neither x-permission nor x-public'],
    ['both x-permission and x-public', (me) => Object.assign(me, { 'x-public': true }), 'getMe has both'],
    [
      'x-public: false',
      (_me, paths) => Object.assign(paths['/livez']!['get']!, { 'x-public': false }),
      'livez has an x-public that is not true',
    ],
    [
      'a public operation with security',
      (_me, paths) => delete paths['/livez']!['get']!['security'],
      'livez is x-public and must say security: []',
    ],
    ['no security', (me) => delete me['security'], 'getMe is not public and must say security'],
    ['empty security', (me) => Object.assign(me, { security: [] }), 'getMe is not public and must say security'],
    ['optional security', (me) => Object.assign(me, { security: [{ bearerAuth: [] }, {}] }), 'getMe is not public and must say security'],
    [
      'a permission of another shape',
      (me) => Object.assign(me, { 'x-permission': 'user:read-self' }),
      'getMe has an x-permission that is not',
    ],
    [
      'a permission with a wildcard',
      (me) => Object.assign(me, { 'x-permission': { resource: '*', action: 'read' } }),
      'getMe has an x-permission that is not',
    ],
    [
      'a permission about a parameter that the path does not name',
      (me) => Object.assign(me, { 'x-permission': { resource: 'setting:{settingKey}', action: 'read' } }),
      'getMe has an x-permission about {settingKey}, which its path does not name',
    ],
    ['failures that are not declared', (me) => delete (me['responses'] as Raw)['default'], 'getMe does not declare its failures'],
    ['a missing operationId', (me) => delete me['operationId'], 'GET /v1/me has no operationId'],
    ['an operationId twice', (me) => Object.assign(me, { operationId: 'livez' }), 'livez is declared twice'],
    [
      'a body that nobody would validate',
      (_me, paths) => Object.assign(paths['/v1/me']!['patch']!, { requestBody: { content: { 'text/plain': { schema: {} } } } }),
      'updateMe takes a body without a JSON schema',
    ],
  ];
  for (const [what, edit, message] of cases) {
    it(what, async () => {
      expect(await refusal(edit)).to.contain(message);
    });
  }

  it('an operation without a handler', async () => {
    expect(await refusal(() => undefined, ['getMe', 'eraseMe', 'livez'])).to.contain('updateMe has no handler');
  });

  it('a handler without an operation', async () => {
    expect(await refusal(() => undefined, ['getMe', 'updateMe', 'eraseMe', 'livez', 'getYou'])).to.contain(
      'there is a handler getYou, but no such operation',
    );
  });

  it('validates a body whose only type ends in +json', async () => {
    const document = small();
    const patch = document.paths['/v1/me']!['patch'] as { requestBody: { content: Record<string, unknown> } };
    patch.requestBody.content = { 'application/merge-patch+json': patch.requestBody.content['application/json'] };
    const contract = await createContract({
      document: stringify(document),
      hooks: { authenticate: async () => ({}), dispatch: async () => ({ status: 200 }) },
      handlers: handlersOf(['getMe', 'updateMe', 'eraseMe', 'livez']),
      validateResponses: false,
    });
    expect(contract.bodyErrors('updateMe', { surprise: 1 })).to.have.lengthOf(1);
    const send = (type: string, body: unknown) =>
      contract.handle({ method: 'PATCH', path: '/v1/me', query: '', headers: { 'content-type': type }, body }).then(
        () => 200,
        (error: unknown) => toProblem(error, { requestId: 'req_1' }).status,
      );
    expect(await send('application/merge-patch+json', { surprise: 1 })).to.equal(400);
    expect(await send('application/merge-patch+json', { displayName: 'Ada' })).to.equal(200);
    expect(await send('application/json', { displayName: 'Ada' })).to.equal(415);
  });
});
