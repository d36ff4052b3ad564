import { digest, type PolicyContent, type Row, type RowSource } from '../authorization/policy/content.ts';
import { PolicyError } from '../authorization/policy/findings.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { listHeadsOfFiles, loadContent } from '../authorization/store/revisions.ts';
import { type Db, prepared } from '../database/database.ts';
import { inOrder } from '../policies/review.ts';

/** A content that is in force, and which revision it is. */
export interface InForce {
  readonly content: PolicyContent;
  readonly revision: number;
  readonly sha256: string;
}

/** What is in force of the platform and of each kind of organization, in order. */
export async function contentsInForce(db: Db): Promise<InForce[]> {
  const found: InForce[] = [];
  for (const { scope, revision } of await listHeadsOfFiles(db)) {
    const content = await loadContent(db, scope, revision);
    found.push({ content, revision, sha256: digest(content) });
  }
  return inOrder(found.map(({ content }) => content)).map((content) => found.find((one) => one.content === content)!);
}

const ownSql = `
select r.scope, r.model, r.rows, r.sources, r.documents, r.sha256, r.revision
from policy_heads h join policy_revisions r on r.scope = h.scope and r.revision = h.revision where h.scope = any ($1)`;

interface OwnRow {
  scope: string;
  revision: number;
  model: string;
  rows: Row[];
  sources: RowSource[];
  documents: Partial<PolicyContent>;
  sha256: string;
}

/** The rows that these organizations (`org_...`) have of their own. They are read in one statement, and must be what was stored. */
export async function ownContents(db: Db, organizations: readonly string[]): Promise<Map<string, PolicyContent>> {
  const stored = await prepared<OwnRow>(db, 'plan-own-contents', ownSql, [organizations]);
  return new Map(
    stored.map(({ scope, model, rows, sources, documents, sha256, revision }) => {
      const content: PolicyContent = { scope, model, rows, sources, ...documents };
      if (digest(content) !== sha256) {
        const message = `the policy revision ${scopeName(scope)}@${revision} is not what was stored: its digest differs`;
        throw new PolicyError([{ rule: 'digest', level: 'error', message }]);
      }
      return [scope, content];
    }),
  );
}
