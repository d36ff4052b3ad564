import { Ajv, type ErrorObject, type Options } from 'ajv';
import { type Context, type Document, OpenAPIBackend, ValidationContext } from 'openapi-backend';
import { type InputError, InvalidInput, NotFound, type TenetError, Unauthenticated } from '../../core/base/errors.ts';
import { parseBody } from '../http/body.ts';
import type { ContractRequest, Reply } from '../http/message.ts';
import { MethodNotAllowed, toProblem } from '../http/problem.ts';
import { parseContract } from './document.ts';
import { checkEvents } from './event-check.ts';
import { addContractFormats } from './formats.ts';
import { inputErrors, misfit, noBody } from './input-errors.ts';
import { checkAccept, checkContentType, hasBody } from './media-types.ts';
import { readQuery } from './parameters.ts';
import { createReplyCheck } from './reply-check.ts';
import { accelerate, allowedMethods, type Router } from './router.ts';
import { checkDocument, type Operation, readOperations } from './rules.ts';

export type { Document } from 'openapi-backend';
export type { Operation } from './rules.ts';

/** A request that the contract admits: parameters decoded and read by their types, defaults filled in, the body valid. */
export interface OperationInput {
  operation: Operation;
  params: Record<string, string>;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  body: unknown;
  principal?: unknown;
  /** Throws when the document does not declare this reply, where replies are validated at all. To be called before anything is committed. */
  checkReply(reply: Reply): void;
  /** Throws when the operation may not record one of these. */
  checkEvents(events: readonly { readonly event: string }[]): void;
  /** The very object that handle() was given. */
  readonly request: ContractRequest;
}

export interface Hooks {
  /** Who is calling; throws Unauthenticated or Unavailable. Not asked on public operations. It may change the path, where that means something else for this caller. */
  authenticate(request: ContractRequest): Promise<unknown>;
  /** What a path that the contract does not have stands for; undefined where that is nothing. */
  expandPath?(path: string): string | undefined;
  dispatch(input: OperationInput): Promise<Reply>;
  /** Hears which operation a request is for, before anything of it is judged. */
  onOperation?(operation: Operation, request: ContractRequest): void;
}

export interface ContractOptions {
  /** The text of openapi.yaml. */
  document: string;
  hooks: Hooks;
  /** Only the names are read: each must be an operation, and each operation must be here. */
  handlers: Record<string, unknown>;
  /** Whether a reply that the document does not declare becomes an error. */
  validateResponses: boolean;
}

/** The contract at work. */
export interface Contract {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly yaml: string;
  readonly json: string;
  /** The operation for this method and path; HEAD finds the GET. */
  match(method: string, path: string): Operation | undefined;
  /**
   * Routes and authenticates by the head of the request alone, and says how many bytes of its body are read: none of a caller who is
   * unknown, and none where no operation takes one. Why is what handle() throws then.
   */
  admit(request: ContractRequest): Promise<number>;
  /** Does what admit() does unless it was done, validates, dispatches, in this order; HEAD is answered as GET. Throws errors of core and of problem.ts. */
  handle(request: ContractRequest): Promise<Reply>;
  /** What is wrong with this body; the compiled validator alone. Empty: nothing. */
  bodyErrors(operationId: string, body: unknown): InputError[];
  /** Throws when the document does not declare this reply for the operation. */
  checkReply(operation: Operation, reply: Reply): void;
}

interface Principal {
  readonly principal: unknown;
}

/** What is known of a request by its head. */
interface Admission {
  readonly operation: Operation | undefined;
  /** The caller is known, or need not be. */
  readonly isAdmitted: boolean;
}

/** The validators of the text that was read last, compiled as they are needed: servers of one process that have the same contract share them. */
let compiled:
  | { readonly text: string; readonly validator: OpenAPIBackend['validator']; readonly checkReply: ReturnType<typeof createReplyCheck> }
  | undefined;

/** Reads the document and refuses it, with one sentence that names the operation, when anything in it would leave a door open. */
export async function createContract(options: ContractOptions): Promise<Contract> {
  const document = await parseContract(options.document);
  checkDocument(document, Object.keys(options.handlers));
  const operations = readOperations(document);
  const backend = await createBackend(document);
  const table = accelerate(backend.router as unknown as Router<Operation>);
  if (compiled?.text !== options.document) {
    compiled = { text: options.document, validator: backend.validator, checkReply: createReplyCheck(backend.definition) };
  }
  const { validator, checkReply } = compiled;
  backend.validator = validator;
  const callers = new WeakMap<ContractRequest, Promise<unknown>>();
  const admissions = new WeakMap<ContractRequest, Admission>();

  function bodyErrors(operationId: string, body: unknown): InputError[] {
    if (!operations.get(operationId)?.requestTypes.length) throw new Error(`${operationId} takes no body.`);
    const [validate] = validator.getRequestValidatorsForOperation(operationId) ?? [];
    if (!validate) throw new Error(`${operationId} has no validator for its body.`);
    return validate({ requestBody: body }) ? [] : inputErrors(validate.errors ?? []);
  }

  /** That a body is missing, with what it must have. */
  function missingBody(operationId: string): InputError[] {
    const demands = bodyErrors(operationId, {});
    return demands.length === 0 ? [{ ...noBody, detail: `${noBody.detail}; {} is enough` }] : [noBody, ...demands];
  }

  for (const operation of operations.values()) {
    backend.register(operation.operationId, (context: Context, request: ContractRequest) =>
      options.hooks.dispatch({
        ...toInput(operation, context, request),
        checkReply: (reply) => options.validateResponses && checkReply(operation, reply),
        checkEvents: (events) => options.validateResponses && checkEvents(operation, events),
      }),
    );
  }
  backend.register({
    notFound: () => {
      throw new NotFound('The contract has no such path; /docs lists those that it has.');
    },
    methodNotAllowed: (_context: Context, request: ContractRequest) => {
      throw new MethodNotAllowed(allowedMethods(table.candidates(request.path)));
    },
    unauthorizedHandler: (context: Context) => {
      const failure: unknown = context.security?.['bearerAuth']?.error;
      throw failure instanceof Error ? failure : new Unauthenticated('no-principal');
    },
    // The caller is known here, and nothing of the body has been judged yet.
    postSecurityHandler: (context: Context, request: ContractRequest) => {
      if (context.security?.['authorized'] || operations.get(operationIdOf(context))?.isPublic) admitBody(context, request);
    },
    validationFail: (context: Context) => {
      const errors = inputErrors((context.validation.errors ?? []) as ErrorObject[]);
      throw misfit(errors.flatMap((error) => (error === noBody ? missingBody(operationIdOf(context)) : [error])));
    },
    notImplemented: (context: Context) => {
      throw new Error(`${operationIdOf(context)} has no handler.`);
    },
  });
  backend.registerSecurityHandler('bearerAuth', async (_context: Context, request: ContractRequest): Promise<Principal> => {
    const principal = await callers.get(request);
    if (!principal) throw new Unauthenticated('no-principal');
    return { principal };
  });

  /** Asks who is calling before anything else is looked at; the security handler above takes the answer. */
  async function authenticate(request: ContractRequest): Promise<boolean> {
    const principal = options.hooks.authenticate(request);
    callers.set(request, principal);
    return principal.then(Boolean, () => false);
  }

  async function admitHead(request: ContractRequest): Promise<Admission> {
    refuseMalformedEscapes(request.path);
    const operation = match(request.method, request.path) ?? matchExpanded(request);
    if (!operation) return { operation, isAdmitted: false };
    options.hooks.onOperation?.(operation, request);
    if (operation.isPublic) return { operation, isAdmitted: true };
    const { path } = request;
    const isAdmitted = await authenticate(request);
    if (request.path === path) return { operation, isAdmitted };
    const meant = match(request.method, request.path);
    if (meant) options.hooks.onOperation?.(meant, request);
    return { operation: meant, isAdmitted };
  }

  function admitBody(context: Context, request: ContractRequest): void {
    const operation = operations.get(operationIdOf(context))!;
    checkAccept(operation, request.headers.accept, { isPlan: operation.takesPlan && /(^|&)validateOnly=true(&|$)/.test(request.query) });
    if (operation.requestTypes.length === 0) return;
    if (hasBody(request)) checkContentType(operation, request.headers['content-type']);
    if (request.bodyError) throw request.bodyError;
    // The library would parse a JSON string once more and validate what is inside it.
    if (request.body !== undefined && typeof request.body !== 'object') {
      throw misfit([{ pointer: '#', detail: 'must be an object' }]);
    }
  }

  function match(method: string, path: string): Operation | undefined {
    const wanted = method.toLowerCase();
    const route = table.match(wanted, path) ?? (wanted === 'head' ? table.match('get', path) : undefined);
    return route && operations.get(route.operationId);
  }

  /** The operation of the path that this one stands for, where the contract does not have it; the request has that path from now on. */
  function matchExpanded(request: ContractRequest): Operation | undefined {
    if (table.candidates(request.path).length > 0) return undefined;
    request.path = options.hooks.expandPath?.(request.path) ?? request.path;
    return match(request.method, request.path);
  }

  return {
    operations,
    yaml: options.document,
    json: JSON.stringify(document),
    match,
    checkReply,
    async admit(request) {
      const admission = await admitHead(request);
      admissions.set(request, admission);
      const { operation, isAdmitted } = admission;
      return isAdmitted && operation && operation.requestTypes.length > 0 ? operation.maxBodyBytes : 0;
    },
    async handle(request) {
      const admission = admissions.get(request) ?? (await admitHead(request));
      const { operation } = admission;
      const check = (reply: Reply): void => {
        if (options.validateResponses && operation) checkReply(operation, reply);
      };
      try {
        const reply = (await backend.handleRequest(rawRequest(request, admission), request)) as Reply;
        check(reply);
        return reply;
      } catch (error) {
        // The caller will read the problem that the server makes of it, so that is held to the document too.
        check(toProblem(error, { requestId: 'unknown' }));
        throw error;
      }
    },
    bodyErrors,
  };
}

/** The request as the library takes it; the body of an admitted one is parsed here. */
function rawRequest(request: ContractRequest, { operation, isAdmitted }: Admission) {
  if (isAdmitted && operation) parseInto(operation, request);
  const isHead = request.method.toUpperCase() === 'HEAD' && operation?.method === 'GET';
  return {
    method: isHead ? 'GET' : request.method,
    path: request.path,
    // A query is judged no earlier than a body.
    query: isAdmitted ? readQuery(request.query) : {},
    headers: request.headers as Record<string, string | string[]>,
    body: operation?.requestTypes.length === 0 ? undefined : request.body,
  };
}

/** `strict` makes the library throw where it would otherwise warn and go on to the handler; `quick` compiles a validator when it is first needed. */
async function createBackend(document: Document): Promise<OpenAPIBackend> {
  const backend = new OpenAPIBackend({
    definition: forValidation(document),
    strict: true,
    quick: true,
    coerceTypes: true,
    ignoreTrailingSlashes: false,
    ajvOpts: { allErrors: true },
    customizeAjv: sharedAjv(),
  });
  await backend.init();
  return backend;
}

/** One Ajv for bodies and one for parameters: the library would make one for each operation. Only parameters are defaulted; a body says what it means, and parameters come with their types (parameters.ts). */
function sharedAjv() {
  const instances = new Map<string, Ajv>();
  return (_own: unknown, options: Options | undefined, context: ValidationContext | undefined): Ajv => {
    const forParameters = context === ValidationContext.Params;
    const key = `${context} ${forParameters}`;
    const known = instances.get(key);
    if (known) return known;
    // `verbose` brings the schema with an error, which says what there is instead.
    const ajv = new Ajv({ ...options, strict: false, allErrors: true, verbose: true, coerceTypes: false, useDefaults: forParameters });
    addContractFormats(ajv);
    instances.set(key, ajv);
    return ajv;
  };
}

/**
 * The document as the library has to see it. It validates only application/json: a body whose type merely ends in +json would
 * reach the handler unread. And a missing If-Match is answered by 428, not by the 400 of a missing parameter.
 */
function forValidation(document: Document): Document {
  const copy = structuredClone(document);
  for (const parameter of Object.values(copy.components?.parameters ?? {})) {
    if (!('$ref' in parameter) && parameter.name === 'If-Match') parameter.required = false;
  }
  const bodies = Object.values(copy.paths ?? {}).flatMap((item) =>
    (['post', 'put', 'patch', 'delete'] as const).map((method) => item?.[method]?.requestBody),
  );
  for (const body of bodies) {
    if (!body || '$ref' in body || body.content['application/json']) continue;
    const json = Object.entries(body.content).find(([type]) => type.endsWith('+json'))?.[1];
    if (json) body.content['application/json'] = json;
  }
  return copy as Document;
}

/** A body that cannot be read is an error for later: whether it is acceptable at all comes first. */
function parseInto(operation: Operation, request: ContractRequest): void {
  if (request.bytes === undefined || operation.requestTypes.length === 0) return;
  try {
    request.body = parseBody(request.bytes, operation.maxBodyBytes);
  } catch (error) {
    request.bodyError = error as TenetError;
  }
}

function operationIdOf(context: Context): string {
  return context.operation?.operationId ?? '';
}

function refuseMalformedEscapes(path: string): void {
  try {
    decodeURIComponent(path);
  } catch (cause) {
    throw new InvalidInput('The path holds a malformed percent-escape.', [], { cause });
  }
}

function toInput(operation: Operation, context: Context, request: ContractRequest): Omit<OperationInput, 'checkReply' | 'checkEvents'> {
  const security = context.security?.['bearerAuth'] as Principal | undefined;
  return {
    operation,
    params: context.request.params as Record<string, string>,
    query: context.request.query as Record<string, unknown>,
    headers: context.request.headers as Record<string, string>,
    body: operation.requestTypes.length === 0 ? undefined : request.body,
    principal: security?.principal,
    request,
  };
}
