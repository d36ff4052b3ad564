import { digest, type PolicyContent, type Row } from '../authorization/policy/content.ts';
import { contentOf, listHeadsOfFiles, loadContent, type StoredContent } from '../authorization/store/revisions.ts';
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
  const revisions = new Map((await listHeadsOfFiles(db)).map(({ scope, revision }) => [scope, revision]));
  const contents: PolicyContent[] = [];
  for (const [scope, revision] of revisions) contents.push(await loadContent(db, scope, revision));
  return inOrder(contents).map((content) => ({ content, revision: revisions.get(content.scope)!, sha256: digest(content) }));
}

const ownSql = `
select r.scope, r.model, r.rows, r.sources, r.documents, r.sha256, r.revision
from policy_heads h join policy_revisions r on r.scope = h.scope and r.revision = h.revision where h.scope = any ($1)`;

/** The rows that these organizations (`org_...`) have of their own. They are read in one statement, and must be what was stored. */
export async function ownContents(db: Db, organizations: readonly string[]): Promise<Map<string, PolicyContent>> {
  const stored = await prepared<StoredContent & { rows: Row[] }>(db, 'plan-own-contents', ownSql, [organizations]);
  return new Map(stored.map(({ rows, ...revision }) => [revision.scope, contentOf(revision, rows)]));
}
