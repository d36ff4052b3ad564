/** One operation as openapi/ writes it: failures that it has because of what it is are left out. */
export interface SourceOperation {
  operationId?: string;
  parameters?: readonly { readonly $ref: string }[];
  requestBody?: unknown;
  responses: Record<string, { readonly content?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>>;
  'x-public'?: true;
  'x-authzen'?: true;
  'x-limited'?: true;
  'x-reads'?: true;
  /** Why it takes no validateOnly. */
  'x-no-plan'?: string;
  /** Statuses that its traits would bring and it never has. */
  'x-never'?: readonly string[];
}

/** What makes an operation fail in a certain way; see x-failures in openapi/shared.yaml. */
type Trait = (operation: SourceOperation, path: string) => boolean;

const traits: Readonly<Record<string, Trait>> = {
  always: () => true,
  authenticated: (operation) => !operation['x-public'],
  input: (operation) => operation.requestBody !== undefined || (operation.parameters ?? []).length > 0,
  place: (_operation, path) => path.includes('{'),
  json: (operation) => !operation['x-public'] && Object.values(operation.responses).some((reply) => reply.content?.['application/json']),
  body: (operation) => operation.requestBody !== undefined,
  typedBody: (operation) => operation.requestBody !== undefined && !operation['x-authzen'],
  limited: (operation) => operation['x-limited'] === true,
  idempotencyKey: (operation) => takes(operation, 'IdempotencyKey'),
  ifMatch: (operation) => takes(operation, 'IfMatch') || takes(operation, 'RequiredIfMatch'),
  ifNoneMatch: (operation) => takes(operation, 'IfNoneMatch'),
  requiredIfMatch: (operation) => takes(operation, 'RequiredIfMatch'),
};

/** x-failures of openapi/shared.yaml: for each trait, the response component by status. */
export type Failures = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Adds to the operation every failure that its traits bring; what it declares itself stays. */
export function declareFailures(operation: SourceOperation, path: string, failures: Failures): void {
  for (const [name, responses] of Object.entries(failures)) {
    const trait = traits[name];
    if (!trait) throw new Error(`openapi/shared.yaml: x-failures knows ${Object.keys(traits).join(', ')}, and not ${name}.`);
    if (!trait(operation, path)) continue;
    for (const [status, component] of Object.entries(responses)) {
      if (!operation['x-never']?.includes(status))
        operation.responses[status] ??= { $ref: `shared.yaml#/components/responses/${component}` };
    }
  }
}

function takes(operation: SourceOperation, component: string): boolean {
  return (operation.parameters ?? []).some((parameter) => parameter.$ref.endsWith(`/parameters/${component}`));
}
