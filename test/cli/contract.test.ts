import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { bundledContract } from '../../cli/contract/bundle.ts';
import { declareFailures, type SourceOperation } from '../../cli/contract/failures.ts';

const checkout = new URL('../../', import.meta.url);

describe('declareFailures', () => {
  const failures = { always: { default: 'Failure' }, authenticated: { '401': 'Unauthenticated' }, requiredIfMatch: { '428': 'Required' } };
  const statuses = (operation: Partial<SourceOperation>): string[] => {
    const whole: SourceOperation = { responses: { '200': {} }, ...operation };
    declareFailures(whole, '/v1/me', failures);
    return Object.keys(whole.responses);
  };

  it('adds what the traits of an operation bring', () => {
    expect(statuses({})).to.have.members(['200', '401', 'default']);
    expect(statuses({ 'x-public': true })).to.have.members(['200', 'default']);
    const parameters = [{ $ref: 'shared.yaml#/components/parameters/RequiredIfMatch' }];
    expect(statuses({ parameters })).to.have.members(['200', '401', '428', 'default']);
  });

  it('leaves what an operation declares itself', () => {
    const own = { $ref: '#/components/responses/Own' };
    const operation: SourceOperation = { responses: { '200': {}, '401': own } };
    declareFailures(operation, '/v1/me', failures);
    expect(operation.responses['401']).to.equal(own);
  });

  it('takes back what an operation never has', () => {
    expect(statuses({ 'x-never': ['401'] })).to.have.members(['200', 'default']);
  });

  it('refuses a trait that it does not know', () => {
    const operation: SourceOperation = { responses: {} };
    expect(() => declareFailures(operation, '/', { sometimes: {} })).to.throw('x-failures knows always, authenticated');
  });
});

describe('The bundle of openapi/', () => {
  let directory: string;
  let root: URL;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tenet-contract-'));
    root = pathToFileURL(`${directory}/`);
    await cp(fileURLToPath(new URL('openapi', checkout)), join(directory, 'openapi'), { recursive: true });
  });

  afterEach(() => rm(directory, { recursive: true }));

  const write = (name: string, text: string) => writeFile(join(directory, 'openapi', name), text);
  const read = (name: string) => readFile(join(directory, 'openapi', name), 'utf8');

  const refusal = (): Promise<string> =>
    bundledContract(root).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  it('is one document that refers to nothing outside of it', async () => {
    const text = await bundledContract(root);
    expect(text).to.equal(await readFile(new URL('openapi.yaml', checkout), 'utf8'));
    expect(text).not.to.match(/\$ref: '?[a-z]+\.yaml/);
    const { paths } = parse(text) as { paths: Record<string, Record<string, { responses: object }>> };
    expect(Object.keys(paths['/v1/me']!['get']!.responses)).to.include.members(['200', '401', '403', 'default']);
  });

  it('holds no path twice', async () => {
    await write('zzz.yaml', 'paths:\n  /v1/me: {}\n');
    expect(await refusal()).to.contain('openapi/zzz.yaml: /v1/me is in another file too');
  });

  it('loses no component', async () => {
    await write('zzz.yaml', 'components:\n  schemas:\n    Forgotten: { type: string }\n');
    expect(await refusal()).to.equal('openapi/zzz.yaml: nothing refers to components/schemas/Forgotten.');
  });

  it('names a reference that leads nowhere', async () => {
    await write('audit.yaml', (await read('audit.yaml')).replace('#/components/schemas/AuditEventList', '#/components/schemas/Nothing'));
    expect(await refusal()).to.match(/Can't resolve \$ref.*openapi\/audit\.yaml/);
  });

  it('gives no component the name of another one', async () => {
    const people = (await read('people.yaml')).replaceAll('shared.yaml#/components/headers/ETag', '#/components/headers/ETag');
    await write(
      'people.yaml',
      people.replace('components:\n', 'components:\n  headers:\n    ETag: { description: Mine, schema: { type: integer } }\n'),
    );
    expect(await refusal()).to.contain('ETag');
  });
});
