import type { Level } from '../../core/authorization/policy/domain.ts';
import { usualBody } from '../http/body.ts';
import type { Document } from './contract.ts';
import { type Permission, parameterIn } from './permission.ts';
import { planType } from './plan-type.ts';

/** One operation of openapi.yaml, with what the server has to know about it. */
export interface Operation {
  readonly operationId: string;
  /** In upper case. */
  readonly method: string;
  /** The template, for example `/v1/organizations/{organizationId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** What the policy is asked; undefined exactly when isPublic. */
  readonly permission?: Permission;
  readonly isPublic: boolean;
  /** The deepest scope that the path names. */
  readonly level: Level;
  readonly mutates: boolean;
  /** Whether it takes validateOnly. */
  readonly takesPlan: boolean;
  /** Whether a repeated Idempotency-Key answers again with the first reply. */
  readonly isIdempotent: boolean;
  /** Members of the answer that are in no second one. */
  readonly shownOnce: readonly string[];
  /** The events that it may record. */
  readonly audit: readonly string[];
  /** Whether If-Match must be sent (428). */
  readonly needsIfMatch: boolean;
  /** Whether it answers 304 to a reader who has the present version. */
  readonly isConditional: boolean;
  /** AuthZEN: unknown members are ignored and a wrong media type is 400. */
  readonly isAuthzen: boolean;
  /** Bytes that its body may have. */
  readonly maxBodyBytes: number;
  /** Media types that the request body may have; empty when there is none. */
  readonly requestTypes: readonly string[];
  /** Media types of the successful replies as declared, but for a plan. */
  readonly replyTypes: readonly string[];
}

interface RawOperation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  security?: Record<string, string[]>[];
  parameters?: ({ $ref?: string } | { name: string; in: string; required?: boolean })[];
  requestBody?: { content: Record<string, { schema?: unknown }> };
  responses?: Record<string, { $ref?: string; content?: Record<string, unknown> }>;
  'x-permission'?: { resource?: unknown; action?: unknown; level?: unknown };
  'x-public'?: unknown;
  'x-authzen'?: unknown;
  'x-max-body'?: number;
  'x-reads'?: unknown;
  'x-audit'?: string[];
  'x-shown-once'?: string[];
}

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly raw: RawOperation;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
const permissionWord = /^[a-z][a-z0-9-]*$/;

/** The operations of a document by id. Call checkDocument first. */
export function readOperations(document: Document): ReadonlyMap<string, Operation> {
  return new Map(entriesOf(document).map((entry) => [entry.raw.operationId!, toOperation(document, entry)]));
}

/** Throws one sentence that names the operation when the document leaves open who may call what, what may be sent, or what failure looks like. */
export function checkDocument(document: Document, handlers: readonly string[]): void {
  const entries = entriesOf(document);
  const seen = new Set<string>();
  for (const { path, method, raw } of entries) {
    const id = raw.operationId;
    const refuse = (reason: string): never => {
      throw new Error(`openapi.yaml: ${id ?? `${method.toUpperCase()} ${path}`} ${reason}.`);
    };
    if (!id) refuse('has no operationId');
    if (seen.has(id!)) refuse('is declared twice: an operationId is unique');
    seen.add(id!);
    checkPermission(raw, path, refuse);
    checkMessages(document, raw, refuse);
    if (!handlers.includes(id!)) refuse('has no handler');
  }
  const stray = handlers.find((name) => !seen.has(name));
  if (stray !== undefined) throw new Error(`openapi.yaml: there is a handler ${stray}, but no such operation.`);
}

function checkPermission(raw: RawOperation, path: string, refuse: (reason: string) => never): void {
  const permission = raw['x-permission'];
  const isPublic = raw['x-public'];
  if (permission === undefined && isPublic === undefined)
    refuse('has neither x-permission nor x-public, so it is not decided who may call it');
  if (permission !== undefined && isPublic !== undefined) refuse('has both x-permission and x-public');
  if (isPublic !== undefined) {
    if (isPublic !== true) refuse('has an x-public that is not true');
    if (raw.security === undefined || raw.security.length > 0) refuse('is x-public and must say security: []');
    return;
  }
  checkWords(permission, path, refuse);
  // An empty requirement, {}, would let everybody pass.
  const secured = raw.security?.length === 1 && Object.keys(raw.security[0]!).join() === 'bearerAuth';
  if (!secured) refuse('is not public and must say security: [{ bearerAuth: [] }]');
}

function checkWords(permission: RawOperation['x-permission'], path: string, refuse: (reason: string) => never): void {
  const { level, ...pair } = permission ?? {};
  // A path can ask further out than it reaches; the other way round there is no place to ask in.
  if (level !== undefined && level !== 'platform' && level !== 'org')
    refuse('has an x-permission with a level that is neither platform nor org');
  if (level === 'org' && !path.includes('{projectId}')) refuse('has an x-permission with level org, and a path that names no project');
  const named = parameterIn(String(pair.resource));
  if (named !== undefined && !path.includes(`{${named}}`)) refuse(`has an x-permission about {${named}}, which its path does not name`);
  const words = Object.keys(pair).sort().join() === 'action,resource' ? [named === undefined ? pair.resource : 'named', pair.action] : [];
  if (words.length === 0 || !words.every((word) => typeof word === 'string' && permissionWord.test(word))) {
    refuse('has an x-permission that is not { resource, action } in lower-case words');
  }
}

function checkMessages(document: Document, raw: RawOperation, refuse: (reason: string) => never): void {
  const content = raw.requestBody?.content;
  if (raw.requestBody && !content) refuse('has a requestBody without content; write it in place');
  if (content && !Object.keys(content).some((type) => /[/+]json$/.test(type) && content[type]?.schema)) {
    refuse('takes a body without a JSON schema, so that nothing would validate it');
  }
  const failure = resolve<{ content?: Record<string, unknown> }>(document, raw.responses?.['default']);
  if (!failure?.content?.['application/problem+json'])
    refuse('does not declare its failures: a default response as application/problem+json');
}

function toOperation(document: Document, { path, method, raw }: Entry): Operation {
  const { level: asked, ...pair } = raw['x-permission'] ?? {};
  const permission = raw['x-permission'] && (pair as Operation['permission']);
  const parameters = (raw.parameters ?? []).map(
    (parameter) => resolve<{ name: string; in: string; required?: boolean }>(document, parameter)!,
  );
  const replies = Object.entries(raw.responses ?? {}).filter(([status]) => /^[23]/.test(status));
  const allTypes = replies.flatMap(([, reply]) => Object.keys(resolve<{ content?: object }>(document, reply)?.content ?? {}));
  const replyTypes = allTypes.filter((type) => type !== planType);
  return {
    operationId: raw.operationId!,
    method: method.toUpperCase(),
    path,
    tag: raw.tags?.[0] ?? '',
    summary: raw.summary ?? '',
    ...(permission && { permission }),
    isPublic: raw['x-public'] === true,
    level: (asked as Level | undefined) ?? levelOf(path),
    // A GET that is recorded is done in a transaction, with its event.
    mutates: method === 'get' ? raw['x-audit'] !== undefined : raw['x-reads'] !== true,
    takesPlan: parameters.some((parameter) => parameter.in === 'query' && parameter.name === 'validateOnly'),
    maxBodyBytes: raw['x-max-body'] ?? usualBody,
    isIdempotent: parameters.some((parameter) => parameter.in === 'header' && parameter.name === 'Idempotency-Key'),
    shownOnce: raw['x-shown-once'] ?? [],
    audit: raw['x-audit'] ?? [],
    needsIfMatch:
      parameters.some((parameter) => parameter.in === 'header' && parameter.name === 'If-Match') && '428' in (raw.responses ?? {}),
    isConditional: replies.some(([status]) => status === '304'),
    isAuthzen: raw['x-authzen'] === true,
    requestTypes: requestTypesOf(method, raw),
    replyTypes: replyTypes.length > 0 ? [...new Set(replyTypes)] : ['application/json'],
  };
}

function levelOf(path: string): Level {
  // An installed application is a project.
  if (path.includes('{projectId}') || path.includes('{instanceId}')) return 'project';
  return path.includes('{organizationId}') ? 'org' : 'platform';
}

/** A PATCH is a merge patch (RFC 7396) under either name. One of them is declared, or generators make two methods of it. */
function requestTypesOf(method: string, raw: RawOperation): string[] {
  const declared = Object.keys(raw.requestBody?.content ?? {});
  return method === 'patch' && declared.length > 0 ? [...new Set([...declared, 'application/merge-patch+json'])] : declared;
}

function entriesOf(document: Document): Entry[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const raw = item?.[method] as RawOperation | undefined;
      return raw ? [{ path, method, raw }] : [];
    }),
  );
}

function resolve<T>(document: Document, value: unknown): T | undefined {
  const reference = (value as { $ref?: string } | undefined)?.$ref;
  if (reference === undefined) return value as T | undefined;
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document) as T | undefined;
}
