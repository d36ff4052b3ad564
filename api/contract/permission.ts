/** What the policy is asked. `{name}` in the resource stands for this parameter of the path: `{resourceType}`, or `setting:{settingKey}`. */
export interface Permission {
  readonly resource: string;
  readonly action: string;
}

const namedObject = /^(?:([a-z][a-z0-9-]*):)?\{([A-Za-z]+)\}$/;

/** The parameter of the path that names the object of the question; undefined where the contract names it. */
export function parameterIn(resource: string): string | undefined {
  return namedObject.exec(resource)?.[2];
}

/** What the policy is asked about a request with these parameters. */
export function permissionFor({ resource, action }: Permission, params: Readonly<Record<string, string>>): Permission {
  const name = parameterIn(resource);
  return name === undefined ? { resource, action } : { resource: resource.replace(`{${name}}`, () => params[name]!), action };
}

/** The action of the event of a denial: `setting.update`, whichever setting it is about; `resource.update`, whichever type. */
export function deniedAction({ resource, action }: Permission): string {
  const named = namedObject.exec(resource);
  return `${named ? (named[1] ?? 'resource') : resource}.${action}`;
}
