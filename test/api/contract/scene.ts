import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type Contract, createContract, type OperationInput } from '../../../api/contract/contract.ts';
import type { ContractRequest, Reply } from '../../../api/http/message.ts';
import { toProblem } from '../../../api/http/problem.ts';
import { InvalidInput, Unauthenticated } from '../../../core/base/errors.ts';

export const text = readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8');

export const organization = {
  id: 'org_01h455vb4pex5vsknk084sn02q',
  name: 'Acme',
  slug: 'acme',
  blueprint: 'integrations',
  kind: 'SHARED',
  state: 'ACTIVE',
  externals: 'FORBID',
  projectInvitesMayAddMembers: true,
  labels: {},
  createdAt: '2026-11-21T09:30:00.000Z',
  updatedAt: '2026-11-21T09:30:00.000Z',
  etag: '"1"',
};

/** Where the organization is. */
export const one = `/v1/organizations/${organization.id}`;

/** A problem as a handler may reply it, for tests of what comes before. */
export const problemReply = (status: number): Reply => ({
  status,
  contentType: 'application/problem+json',
  body: toProblem(new InvalidInput('x'), { requestId: 'req_1' }).body,
});

interface Failure {
  status: number;
  code: string;
  errors?: { pointer?: string; parameter?: string; detail: string }[];
  headers: Record<string, string>;
  message: string;
}

export function operationIds(document: string): string[] {
  const paths = (parse(document) as { paths: Record<string, Record<string, { operationId: string }>> }).paths;
  return Object.values(paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId));
}

export const handlersOf = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, () => undefined]));

export function request(method: string, target: string, more: Partial<ContractRequest> = {}): ContractRequest {
  const [path = '', query = ''] = target.split('?');
  const type = more.body === undefined ? {} : { 'content-type': 'application/json' };
  return { method, path, query, body: undefined, ...more, headers: { authorization: 'Bearer x', ...type, ...more.headers } };
}

interface Scene {
  readonly contract: Contract;
  /** What was admitted since the test began. */
  dispatched: OperationInput[];
  /** What every handler replies: the organization, unless a test sets it. */
  reply: Reply;
  authenticate: (request: ContractRequest) => Promise<unknown>;
  /** What a request is refused with. */
  failure(method: string, target: string, more?: Partial<ContractRequest>): Promise<Failure>;
}

/** The contract in front of handlers that reply what a test sets. Call it in a `describe`. */
export function contractScene(): Scene {
  let contract: Contract;
  const scene: Scene = {
    get contract() {
      return contract;
    },
    dispatched: [],
    reply: { status: 200, body: organization },
    authenticate: async () => undefined,
    async failure(method, target, more) {
      let thrown: unknown;
      try {
        await contract.handle(request(method, target, more));
      } catch (error) {
        thrown = error;
      }
      expect(thrown, 'the request was admitted').not.to.equal(undefined);
      const problem = toProblem(thrown, { requestId: 'req_1' });
      return { ...(problem.body as Failure), headers: problem.headers ?? {}, message: String(thrown) };
    },
  };

  before(async () => {
    contract = await createContract({
      document: text,
      handlers: handlersOf(operationIds(text)),
      validateResponses: true,
      hooks: {
        authenticate: (request) => scene.authenticate(request),
        async dispatch(input) {
          scene.dispatched.push(input);
          return scene.reply;
        },
      },
    });
  });

  beforeEach(() => {
    scene.dispatched = [];
    scene.reply = { status: 200, body: organization };
    scene.authenticate = async (request) => {
      if (request.headers.authorization === undefined) throw new Unauthenticated('no-credential');
      return { id: 'user_1' };
    };
  });

  return scene;
}
