import type { Level } from '../../../core/authorization/policy/domain.ts';
import { readContract } from '../../helpers/contract.ts';

/** What the contract says about one operation, read from the document and not from the server that enforces it. */
export interface ContractOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** `resource:action`; undefined for an operation that is for everybody. */
  readonly permission?: { readonly resource: string; readonly action: string };
  readonly further: readonly string[];
  readonly level: Level;
  /** Whether a denial of it belongs into the audit log. */
  readonly mutates: boolean;
  readonly successes: readonly number[];
  /** Declared statuses of failures, `default` included. */
  readonly failures: readonly string[];
}

interface OperationObject {
  operationId: string;
  'x-permission'?: { resource: string; action: string; level?: 'platform' | 'org' };
  'x-further-permissions'?: string[];
  'x-reads'?: boolean;
  'x-audit'?: string[];
  responses: Record<string, unknown>;
}

const methods = ['get', 'put', 'post', 'patch', 'delete'];

/** Every operation of openapi.yaml. */
export function readOperations(): ContractOperation[] {
  const { paths } = readContract() as { paths: Record<string, Record<string, OperationObject>> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({
        operationId: operation.operationId,
        method: method.toUpperCase(),
        path,
        ...(operation['x-permission'] && { permission: operation['x-permission'] }),
        further: operation['x-further-permissions'] ?? [],
        level: operation['x-permission']?.level ?? levelOf(path),
        mutates: method === 'get' ? operation['x-audit'] !== undefined : operation['x-reads'] !== true,
        successes: Object.keys(operation.responses)
          .map(Number)
          .filter((status) => status < 400),
        failures: Object.keys(operation.responses).filter((status) => status === 'default' || Number(status) >= 400),
      })),
  );
}

function levelOf(path: string): Level {
  // An installed application is a project.
  if (path.includes('{projectId}') || path.includes('{instanceId}')) return 'project';
  return path.includes('{organizationId}') ? 'org' : 'platform';
}
