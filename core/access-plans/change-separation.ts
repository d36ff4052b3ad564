import type { Separated } from '../authorization/policy/separation.ts';
import type { AccessChangeRail } from './change-report.ts';
import type { SubjectDifference } from './difference.ts';
import { separationRails } from './separation.ts';

interface Found {
  readonly pair: Separated;
  readonly organizationId: string;
  readonly people: Set<string>;
  readonly accounts: Set<string>;
}

/** Collects who would come to have both of two permissions that are kept apart, each subject once in an organization. */
export function createSeparation() {
  const known = new Map<string, Found>();

  function add(organizationId: string, { type, subject, differences }: SubjectDifference): void {
    // A key has no more than its owner.
    if (type === 'api-key') return;
    for (const pair of differences.flatMap(({ separated = [] }) => separated)) {
      const key = `${organizationId} ${pair.permissions.join(' ')}`;
      const found = known.get(key) ?? { pair, organizationId, people: new Set<string>(), accounts: new Set<string>() };
      known.set(key, found);
      found[type === 'user' ? 'people' : 'accounts'].add(subject);
    }
  }

  function rails(): AccessChangeRail[] {
    return [...known.values()].flatMap(({ organizationId, people, accounts, pair }) =>
      separationRails([{ pair, organizationId, people: people.size, accounts: accounts.size }]).map(({ status, detail }) => ({
        ...{ id: 'SEPARATION_OF_DUTIES' as const, organizationId, detail },
        status: status === 'BLOCK' ? 'BLOCK' : 'WARN',
      })),
    );
  }

  return { add, rails };
}
