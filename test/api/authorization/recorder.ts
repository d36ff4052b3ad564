import type { Engine } from '../../../core/authorization/engine/engine.ts';
import type { LivePolicies, PolicyInForce } from '../../../core/authorization/store/live-policies.ts';

/** What an engine was asked. */
export interface Asked {
  readonly permission: string;
  /** `platform`, `org_x` or `org_x/prj_y`. */
  readonly domain: string;
  /** The role set that was loaded for it, sorted. */
  readonly roles: readonly string[];
}

/** Notes every question that a server puts to its engines from now on; `take` returns them and forgets them. */
export function recordQuestions(policies: LivePolicies): { take(): Asked[] } {
  const asked: Asked[] = [];
  const recording = new WeakMap<Engine, Engine>();

  function record(engine: Engine): Engine {
    let recorder = recording.get(engine);
    if (recorder === undefined) {
      recorder = {
        ...engine,
        decide(question) {
          const { roles, domain, resource, action } = question;
          asked.push({ permission: `${resource}:${action}`, domain: domain.dom, roles: [...roles.names].sort() });
          return engine.decide(question);
        },
      };
      recording.set(engine, recorder);
    }
    return recorder;
  }

  const recorded = (policy: PolicyInForce): PolicyInForce => ({ ...policy, engine: record(policy.engine) });
  const { get, find } = policies;
  policies.get = async (revisions) => recorded(await get(revisions));
  policies.find = (revisions) => {
    const policy = find(revisions);
    return policy && recorded(policy);
  };
  return { take: () => asked.splice(0) };
}
