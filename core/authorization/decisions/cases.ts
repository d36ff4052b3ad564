import { toId } from '../../base/ids.ts';
import type { Row, RowSource } from '../policy/content.ts';
import type { Level } from '../policy/domain.ts';
import { storedScope } from '../policy/scopes.ts';
import type { RevisionName } from '../store/live-policies.ts';
import type { Decision, DecisionRecord } from './decide.ts';
import { subjectNamed } from './subjects.ts';

/**
 * What many decisions of the log have in common, and all that a verdict depends on: every subject with these roles and these scopes gets the same
 * answer to this question under these revisions. It names no subject.
 */
export interface DecisionCase {
  readonly level: Level;
  /** Where an organization's own revision has a part in it, for its rows may name the place. */
  readonly domain?: string;
  /** Nothing for what the vocabulary does not know: a caller may have made it up. */
  readonly resource?: string;
  readonly action?: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly row?: Row;
  readonly source?: RowSource & { readonly scope: string };
  /** Casbin names of roles and states: what relates the subject to the place, such as `member/self`, is among them. */
  readonly roles: readonly string[];
  /** Of a key that has scopes: the second question, and both verdicts. */
  readonly scopes?: readonly string[];
  readonly questions?: DecisionRecord['questions'];
  readonly revisions: readonly RevisionName[];
  /** Of a denial by restrictions: which, for they say where and why. */
  readonly restrictions?: readonly string[];
}

/** The case of a decision that was taken by these revisions. */
export function caseOf(decision: Decision, revisions: readonly RevisionName[]): DecisionCase {
  const { snapshot, resource, action, scoped } = decision;
  const { domain } = snapshot;
  const { allowed, reason, row, source, scopes, questions, restrictions } = decision.record();
  return {
    level: domain.level,
    ...(revisions.length > 2 && { domain: domain.dom }),
    ...(reason !== 'unknown-resource' && { resource }),
    ...(!reason.startsWith('unknown') && { action }),
    allowed,
    reason,
    ...(row && { row }),
    ...(source && { source }),
    roles: snapshot.roles,
    ...(scoped && { scopes: scopes!, questions: questions! }),
    revisions,
    ...(restrictions && { restrictions }),
  };
}

/** One decision of the log, with its case. */
export interface LoggedDecision {
  readonly org_id: string;
  readonly project: string | null;
  readonly subject: string;
  readonly resource_id: string | null;
  readonly document: DecisionCase;
}

/** In the place of a word that was not kept. */
const unknown = 'unknown';

/** The decision as Decision.record() would write it. */
export function recordOf({ org_id, project, subject, resource_id, document }: LoggedDecision): DecisionRecord {
  const {
    level,
    resource = unknown,
    action = unknown,
    allowed,
    reason,
    row,
    source,
    roles,
    scopes,
    questions,
    revisions,
    restrictions,
  } = document;
  const named = subjectNamed(subject);
  return {
    subject: named.id,
    domain: domainNameOf({ level, org_id, project }),
    resource,
    action,
    ...(resource_id !== null && { resourceId: resource_id }),
    allowed,
    reason,
    roles,
    revisions: revisions.map(({ scope, revision }) => `${storedScope(scope)}@${revision}`),
    ...(restrictions && { restrictions }),
    ...(row && { row }),
    ...(source && { source }),
    ...(named.type === 'api-key' && subject !== named.id && { owner: subject.split('/')[0]! }),
    ...(scopes && questions && { scopes, questions }),
  };
}

function domainNameOf({ level, org_id, project }: Pick<LoggedDecision, 'org_id' | 'project'> & { level: Level }): string {
  if (level === 'platform') return 'platform';
  const organization = toId('organization', org_id);
  return project === null ? organization : `${organization}/${toId('project', project)}`;
}
