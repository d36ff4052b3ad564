import type { Blueprint } from '../policy/blueprint.ts';
import { didYouMean } from '../policy/findings.ts';
import type { PolicyTests } from '../policy/tests-schema.ts';

type Case = Pick<PolicyTests['cases'][number], 'restrictions' | 'resource'>;

/** Whether a test asks about something that it has switched off; a sentence for what cannot be, or is not what it asks about. */
export function restrictionOf(blueprint: Blueprint | undefined, test: Case, asked: string): boolean | string {
  const { restrictions = [], resource } = test;
  const able = blueprint?.resourceTypes.flatMap(({ name, restrictable }) => (restrictable ? name : [])) ?? [];
  const unknown = restrictions.map(typeOf).find((type) => !able.includes(type));
  if (unknown !== undefined) return `${unknown} is no resource type that can be switched off (restrictable)${didYouMean(unknown, able)}.`;
  if (resource !== undefined && (typeOf(resource) !== asked || resource === asked))
    return `resource must be ${asked}/ and the id of the resource that is asked about, not ${resource}.`;
  return restrictions.includes(asked) || (resource !== undefined && restrictions.includes(resource));
}

function typeOf(name: string): string {
  return name.split('/', 1)[0]!;
}
