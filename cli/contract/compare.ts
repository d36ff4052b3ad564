type Node = Readonly<Record<string, unknown>>;

/** A contract, as far as it is compared here. */
export interface ComparedContract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Node>>>>;
}

/** What a caller or an auditor relies on in one operation, and no tool for breaking changes looks at. */
interface Surface {
  readonly place: string;
  readonly permission: string;
  readonly further: readonly string[];
  readonly audit: readonly string[];
  readonly statuses: readonly string[];
}

/**
 * What has changed between two contracts in who may call an operation, what it records and how it fails, a line for each change.
 * An operation that is new has not changed.
 */
export function surfaceChanges(released: ComparedContract, present: ComparedContract): string[] {
  const now = surfaces(present);
  return [...surfaces(released)].flatMap(([id, before]) => {
    const after = now.get(id);
    if (!after) return [`${id} is gone`];
    return [
      ...(before.place === after.place ? [] : [`${id} moves from ${before.place} to ${after.place}`]),
      ...(before.permission === after.permission ? [] : [`${id} asks for ${after.permission} and not for ${before.permission}`]),
      ...listChanges(`${id} also asks for`, before.further, after.further),
      ...listChanges(`${id} records`, before.audit, after.audit),
      ...listChanges(`${id} answers`, before.statuses, after.statuses),
    ];
  });
}

function listChanges(what: string, before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((item) => !before.includes(item)).map((item) => `${what} ${item}`),
    ...before.filter((item) => !after.includes(item)).map((item) => `${what} ${item} no more`),
  ];
}

function surfaces({ paths }: ComparedContract): Map<string, Surface> {
  return new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [
        String(operation['operationId']),
        surfaceOf(`${method.toUpperCase()} ${path}`, operation),
      ]),
    ),
  );
}

function surfaceOf(place: string, operation: Node): Surface {
  const permission = operation['x-permission'] as { resource: string; action: string } | undefined;
  return {
    place,
    permission: permission ? `${permission.resource}:${permission.action}` : 'nothing',
    further: (operation['x-further-permissions'] as string[] | undefined) ?? [],
    audit: (operation['x-audit'] as string[] | undefined) ?? [],
    statuses: Object.keys(operation['responses'] as Node),
  };
}
