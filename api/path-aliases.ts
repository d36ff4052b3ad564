import type { Principal } from '../core/authorization/decisions/actor.ts';
import { InvalidInput } from '../core/base/errors.ts';
import { toId } from '../core/base/ids.ts';

/** What stands in the place of an organization until the caller is known. No request can send it: there are no spaces in a path. */
const unknownPlace = '/v1/organizations/ /';

/** Short paths at which an API key finds the resources of a type. */
export interface PathAliases {
  /** The path that a short one stands for, with the place of the key left open; undefined for any other path. */
  expand(path: string): string | undefined;
  /** The path with the place of this caller. Throws InvalidInput for a caller who is bound to none. */
  fill(principal: Principal, path: string): string;
}

/** Out of `TENET_PATH_ALIASES`: each is a path and a resource type, joined by an equals sign. */
export function createPathAliases(aliases: readonly string[]): PathAliases {
  const types = aliases.map((alias) => alias.split('=') as [path: string, resourceType: string]);
  return {
    expand(path) {
      const alias = types.find(([short]) => path === short || path.startsWith(`${short}/`));
      return alias && `${unknownPlace}resources/${alias[1]}${path.slice(alias[0].length)}`;
    },
    fill({ subject }, path) {
      if (!path.startsWith(unknownPlace)) return path;
      const home = subject.type === 'api-key' ? subject.home : undefined;
      if (!home) {
        throw new InvalidInput(
          'This short path is for API keys, which belong to an organization. With a token, send the path that names one.',
        );
      }
      const project = home.project === undefined ? '' : `projects/${toId('project', home.project)}/`;
      return `/v1/organizations/${toId('organization', home.organization)}/${project}${path.slice(unknownPlace.length)}`;
    },
  };
}
