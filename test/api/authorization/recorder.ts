import type { Engine } from '../../../core/authorization/engine/engine.ts';
import type { LivePolicies } from '../../../core/authorization/store/live-policies.ts';

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

  const engineOf = policies.engine.bind(policies);
  policies.engine = (revisions) => {
    const engine = engineOf(revisions);
    return engine instanceof Promise ? engine.then(record) : record(engine);
  };
  return { take: () => asked.splice(0) };
}
