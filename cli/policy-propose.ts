import { digest } from '../core/authorization/policy/content.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { digestsInForce } from '../core/authorization/store/revisions.ts';
import { readConfig } from '../core/base/config.ts';
import { lockPolicies } from '../core/policies/activation.ts';
import { refuseProposedMeters } from '../core/policies/changed-meters.ts';
import { proposeContent, readChecked } from '../core/policies/policies.ts';
import { readSignatures } from '../core/policies/signature-file.ts';
import { withDatabase } from './database.ts';
import { checkReason } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { caller } from './policy-apply.ts';

interface ProposeOptions {
  readonly reason: string;
  readonly gitCommit?: string;
  readonly output: Format;
}

/** What became of one scope of the files. */
interface Proposed {
  readonly scope: string;
  readonly revision: number;
  /** Whether it says something else than what is in force. */
  readonly changed: boolean;
}

/**
 * `tenet policy propose`: checks the files, then stores every scope that says something else than what is in force as a revision, all of them or none.
 * Nothing comes into force.
 */
export async function propose(directory: string | undefined, options: ProposeOptions, out: Out = console.log): Promise<void> {
  checkReason('--reason', options.reason);
  const { reason, gitCommit } = options;
  const config = readConfig(process.env);
  const from = directory ?? config.TENET_POLICIES;
  const contents = await readChecked(from);
  const signatures = await readSignatures(from);
  const actor = { name: caller(), requestId: 'cli' };
  const proposed = await withDatabase(config, (database) =>
    database.write('platform', async (db) => {
      await lockPolicies(db);
      const heads = await digestsInForce(
        db,
        contents.map((content) => content.scope),
      );
      const done: Proposed[] = [];
      for (const content of contents) {
        const [scope, sha256, head] = [scopeName(content.scope), digest(content), heads.get(content.scope)];
        if (head?.sha256 === sha256) {
          done.push({ scope, revision: head.revision, changed: false });
          continue;
        }
        await refuseProposedMeters(db, content);
        const signature = signatures.find((one) => one.scope === content.scope && one.sha256 === sha256)?.signature;
        const { revision } = await proposeContent(db, actor, content, { reason, gitCommit, signature, keys: config.policyKeys });
        done.push({ scope, revision, changed: true });
      }
      return done;
    }),
  );
  print(options.output, out, proposed, () => proposed.map(lineOf));
}

function lineOf({ scope, revision, changed }: Proposed): string {
  if (!changed) return `${scope}: unchanged at revision ${revision}`;
  return `${scope}: revision ${revision} is stored; to put it into force: npx tenet policy activate ${scope}@${revision} --stage shadow --reason '…'`;
}
