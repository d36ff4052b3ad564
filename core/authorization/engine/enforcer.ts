import { DefaultEffector, Enforcer, FunctionMap, type Model, newModelFromString, type RoleManager } from 'casbin';
import type { Row } from '../policy/content.ts';
import { PolicyError } from '../policy/findings.ts';
import { lintModel } from './model-check.ts';
import type { RoleSet } from './role-sets.ts';

/** What Casbin is asked; `sub` is the subject of a role set. */
export interface Request {
  readonly org: string;
  readonly dom: string;
  readonly level: string;
  readonly obj: string;
  readonly act: string;
}

/** Casbin as a pure function: rows, role set and request in, verdict and deciding row out. Nothing is kept between two questions. */
export type Ask = (rows: readonly Row[], roles: RoleSet, request: Request) => { allowed: boolean; row: Row | undefined };

/** Casbin for the text of one model. Throws PolicyError when the model could be read in more than one way. */
export function createAsk(modelText: string): Ask {
  const findings = lintModel(modelText);
  if (findings.length > 0) throw new PolicyError(findings);
  const manager = new RoleSetManager();
  const enforcer = new PureEnforcer(newModelFromString(modelText), manager);
  return (rows, roles, { org, dom, level, obj, act }) => {
    // Casbin evaluates a matcher once with empty fields when there is no row at all; a question without rows has no allow.
    if (rows.length === 0) return { allowed: false, row: undefined };
    manager.current = roles;
    enforcer.show(rows);
    try {
      const answer: unknown = enforcer.enforceExSync(roles.subject, org, dom, level, obj, act);
      if (!Array.isArray(answer) || typeof answer[0] !== 'boolean') throw new Error('Casbin answered without an explanation.');
      // The row comes back as the same array that it was given, so it is found by identity.
      const row = rows.find((candidate) => candidate === answer[1]);
      if (answer[0] && row?.[4] !== 'allow') throw new Error('Casbin allowed without a row that allows.');
      return { allowed: answer[0], row };
    } finally {
      manager.current = undefined;
      enforcer.show([]);
    }
  };
}

/** An enforcer without adapter, watcher, functions and role graph, that looks at just the rows that it is shown. */
class PureEnforcer extends Enforcer {
  constructor(model: Model, manager: RoleManager) {
    super();
    this.setModel(model);
    this.fm = new FunctionMap();
    this.eft = new DefaultEffector();
    model.model.get('g')!.get('g')!.rm = manager;
  }

  /** Everything from here to the answer is synchronous, so no other question can see these rows. */
  show(rows: readonly Row[]): void {
    this.model.model.get('p')!.get('p')!.policy = rows as unknown as string[][];
  }
}

/** Answers g() out of the role set in question. A name is never linked to itself: a caller named like a role does not hold it. */
class RoleSetManager implements RoleManager {
  current: RoleSet | undefined;

  syncedHasLink(name1: string, name2: string): boolean {
    return this.current !== undefined && name1 === this.current.subject && this.current.names.has(name2);
  }

  async hasLink(name1: string, name2: string): Promise<boolean> {
    return this.syncedHasLink(name1, name2);
  }

  async getRoles(name: string): Promise<string[]> {
    return name === this.current?.subject ? [...this.current.names] : [];
  }

  async getUsers(): Promise<string[]> {
    return [];
  }

  async getDomains(): Promise<string[]> {
    return [];
  }

  async getAllDomains(): Promise<string[]> {
    return [];
  }

  async clear(): Promise<void> {}

  async printRoles(): Promise<void> {}

  async addLink(): Promise<void> {
    throw new Error('Roles come from the role set, never from links.');
  }

  async deleteLink(): Promise<void> {
    throw new Error('Roles come from the role set, never from links.');
  }
}
