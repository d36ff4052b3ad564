import { scopeName } from '../core/authorization/policy/scopes.ts';
import {
  type Awaited,
  isBehind,
  laggardsOf,
  listReplicas,
  type Replica,
  type Target,
  targetOf,
} from '../core/authorization/store/replicas.ts';
import { type Head, listHeadsOfFiles } from '../core/authorization/store/revisions.ts';
import { readConfig } from '../core/base/config.ts';
import { type Unsigned, unsignedInForce } from '../core/policies/signatures.ts';
import { withDatabase } from './database.ts';
import { type Naming, readNaming, unnamedIn } from './names.ts';
import { type Format, type Out, print, table } from './output.ts';

/** `tenet policy status`: what is in force, and which replica decides by what. Exit code: 0, or 3 where a replica decides by something else. */
export async function status(out: Out, output: Format): Promise<number> {
  const { heads, replicas, unsigned, naming } = await withDatabase(readConfig(process.env), (database) =>
    database.observe('platform', async (db) => {
      const [heads, replicas] = [await listHeadsOfFiles(db), await listReplicas(db)];
      const unsigned = await unsignedInForce(db);
      return {
        heads,
        replicas,
        unsigned,
        naming: await readNaming(db, 'all', unnamedIn(heads.map(({ activatedBy }) => activatedBy).join(' '))),
      };
    }),
  );
  const targets = heads.map(targetOf);
  print(output, out, { scopes: heads.map((head) => toScope(head, replicas)), replicas }, () => [
    ...table(
      ['SCOPE', 'REVISION', 'SINCE', 'BY', 'REPLICAS'],
      heads.map((head) => cellsOf(head, replicas, naming)),
    ),
    ...laggardsOf(replicas, targets).map((replica) => lateness(replica, targets, unsigned)),
  ]);
  return laggardsOf(replicas, targets).length > 0 ? behindCode : 0;
}

/** What a command ends with where everything is in force and a replica does not decide by it yet. */
const behindCode = 3;

/** Says which replicas do not decide by what is in force, and which have fallen silent meanwhile. Returns the exit code. */
export function tellAwaited({ late, silent }: Awaited, targets: readonly Target[], unsigned: Unsigned): number {
  for (const { scope, revision } of targets) if (unsigned.get(scope)?.wasSigned) console.error(unsignedWords(scope, revision));
  for (const replica of late) console.error(`tenet: ${lateness(replica, targets, unsigned)}`);
  for (const { name, id, seenAt } of silent)
    console.error(
      `tenet: warning: the replica ${name} (${id}) has not reported since ${seenAt.toISOString()}, and was not waited for: look whether it runs`,
    );
  return late.length > 0 ? behindCode : 0;
}

/** What a replica decides by in the place of what it is to. */
export function lateness(replica: Replica, targets: readonly Target[], unsigned: Unsigned): string {
  const missed = targets.filter((target) => isBehind(replica, target));
  const others = missed.map((target) => behind(replica, target));
  const isDemanding = replica.policyKids.length > 0;
  const bare = missed.filter(({ scope, revision }) => isDemanding && replica.serves[scope] !== revision && unsigned.has(scope));
  const names = bare.map(({ scope, revision }) => `${scope}@${revision}`).join(', ');
  const why = bare.length === 0 ? '' : `; ${names} has no signature, and it demands one (TENET_POLICY_KEYS)`;
  return `the replica ${replica.name} (${replica.id}) decides about ${others.join(', ')}${why}`;
}

function unsignedWords(scope: string, revision: number): string {
  const then = 'Sign it (npx tenet policy sign) and apply it with TENET_POLICY_KEYS, or go back: npx tenet policy rollback.';
  return `tenet: warning: ${scope}@${revision} has no signature, and an earlier revision had one: a server with TENET_POLICY_KEYS does not decide by it, and does not start again. ${then}`;
}

function behind({ serves, candidates }: Replica, { scope, revision, candidate }: Target): string {
  const served = serves[scope];
  if (served !== revision) return `${scope} by ${served === undefined ? 'none yet' : `revision ${served}`} and not by ${revision}`;
  const ready = candidates[scope]?.revision;
  if (!candidate) return `${scope} with the candidate ${ready}, whose rollout has ended`;
  if (ready === candidate.revision) return `${scope} by an earlier stage of the rollout of ${ready}`;
  return `${scope} without the candidate ${candidate.revision}, which it has not loaded or which does not hold there`;
}

function toScope(head: Head, replicas: readonly Replica[]) {
  const { scope, revision, activatedAt, activatedBy, rollout } = head;
  const lagging = laggardsOf(replicas, [targetOf(head)]).length;
  return { scope: scopeName(scope), revision, activatedAt, activatedBy, ...(rollout && { rollout }), lagging };
}

function cellsOf(head: Head, replicas: readonly Replica[], naming: Naming): string[] {
  const { scope, revision, activatedAt, activatedBy, rollout, lagging } = toScope(head, replicas);
  const shown = rollout ? `${revision}, ${rollout.candidate} as ${rollout.stage.toLowerCase()}` : String(revision);
  return [scope, shown, activatedAt.toISOString(), naming.text(activatedBy), `${replicas.length - lagging}/${replicas.length}`];
}
