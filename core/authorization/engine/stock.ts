import { DefaultRoleManager, Enforcer, FunctionMap, newModelFromString } from 'casbin';
import { InvalidInput } from '../../base/errors.ts';
import { type PolicyContent, type Row, rowFault } from '../policy/content.ts';
import { type Domain, isDomain } from '../policy/domain.ts';
import { PolicyError } from '../policy/findings.ts';
import { lintModel } from './model-check.ts';
import { isRoleName } from './role-sets.ts';

/** Casbin as it comes: all rows, its own role manager, no index and no memory. */
export interface Stock {
  /** `row` is the one that decided. Throws InvalidInput for a subject that could be the name of a role. */
  decide(subject: string, roles: readonly string[], domain: Domain, resource: string, action: string): { allowed: boolean; row?: Row };
}

/** The second opinion on an engine over the same contents; some microseconds for each row and question. Throws PolicyError as createEngine does. */
export function createStock(contents: readonly PolicyContent[]): Stock {
  const modelText = contents[0]?.model ?? '';
  const rows = contents.flatMap((content) => content.rows);
  const findings = lintModel(modelText);
  for (const row of rows) {
    const message = rowFault(row);
    if (message !== undefined) findings.push({ rule: 'malformed-row', level: 'error', message });
  }
  if (findings.length > 0) throw new PolicyError(findings);

  const model = newModelFromString(modelText);
  model.model.get('p')!.get('p')!.policy = rows as unknown as string[][];
  const roleDefinition = model.model.get('g')!.get('g')!;
  const enforcer = new BareEnforcer();
  enforcer.setModel(model);

  return {
    decide(subject, roles, domain, resource, action) {
      if (isRoleName(subject)) throw new InvalidInput(`${JSON.stringify(subject)} could be the name of a role, so it cannot ask.`);
      if (!isDomain(domain)) throw new InvalidInput(`${JSON.stringify(domain.dom)} is not a domain.`);
      roleDefinition.rm = linkRoles(subject, roles, domain);
      const [allowed, explanation] = enforcer.enforceExSync(subject, domain.org, domain.dom, domain.level, resource, action);
      const row = rows.find((candidate) => (candidate as unknown) === explanation);
      return row === undefined ? { allowed } : { allowed, row };
    },
  };
}

/** A role manager for one question, because Casbin's keeps every domain that it was ever asked about. */
function linkRoles(subject: string, roles: readonly string[], { dom }: Domain): DefaultRoleManager {
  const manager = new DefaultRoleManager(10);
  for (const role of roles) {
    // addLink promises nothing: the link is there when it returns, and that is verified here.
    void manager.addLink(subject, role, dom);
    if (!manager.syncedHasLink(subject, role, dom)) throw new Error(`Casbin did not link ${subject} to ${role}.`);
  }
  return manager;
}

/** Without the functions that no matcher may call (lintModel): Casbin copies each of them again for every row. */
class BareEnforcer extends Enforcer {
  protected override fm = new FunctionMap();
}
