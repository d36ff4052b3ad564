import { scopeName } from '../core/authorization/policy/scopes.ts';
import { laggardsOf, listReplicas, type Replica, type Target } from '../core/authorization/store/replicas.ts';
import { type Head, listHeadsOfFiles } from '../core/authorization/store/revisions.ts';
import { readConfig } from '../core/base/config.ts';
import { withDatabase } from './database.ts';
import { type Format, type Out, print, table } from './output.ts';

/** `tenet policy status`: what is in force, and which replica decides by what. Exit code: 0, or 3 where a replica decides by something else. */
export async function status(out: Out, output: Format): Promise<number> {
  const { heads, replicas } = await withDatabase(readConfig(process.env), (database) =>
    database.observe('platform', async (db) => ({ heads: await listHeadsOfFiles(db), replicas: await listReplicas(db) })),
  );
  const targets = heads.map(({ scope, revision }) => ({ scope: scopeName(scope), revision }));
  print(output, out, { scopes: heads.map((head) => toScope(head, replicas)), replicas }, () => [
    ...table(
      ['SCOPE', 'REVISION', 'SINCE', 'BY', 'REPLICAS'],
      heads.map((head) => cellsOf(head, replicas)),
    ),
    ...laggardsOf(replicas, targets).map((replica) => lateness(replica, targets)),
  ]);
  return laggardsOf(replicas, targets).length > 0 ? 3 : 0;
}

/** What a replica decides by in the place of what it is to. */
export function lateness({ name, id, serves }: Replica, targets: readonly Target[]): string {
  const others = targets
    .filter(({ scope, revision }) => serves[scope] !== revision)
    .map(
      ({ scope, revision }) =>
        `${scope} by ${serves[scope] === undefined ? 'none yet' : `revision ${serves[scope]}`} and not by ${revision}`,
    );
  return `the replica ${name} (${id}) decides about ${others.join(', ')}`;
}

function toScope({ scope, revision, activatedAt, activatedBy }: Head, replicas: readonly Replica[]) {
  const target = { scope: scopeName(scope), revision };
  return { ...target, activatedAt, activatedBy, lagging: laggardsOf(replicas, [target]).length };
}

function cellsOf(head: Head, replicas: readonly Replica[]): string[] {
  const { scope, revision, activatedAt, activatedBy, lagging } = toScope(head, replicas);
  return [scope, String(revision), activatedAt.toISOString(), activatedBy, `${replicas.length - lagging}/${replicas.length}`];
}
