import { fileURLToPath } from 'node:url';
import { createCompiledPolicies } from '../core/authorization/engine/compiled-policies.ts';
import { createEngine, type Engine } from '../core/authorization/engine/engine.ts';
import { createStock } from '../core/authorization/engine/stock.ts';
import type { PolicyContent, Row } from '../core/authorization/policy/content.ts';
import { domainOf } from '../core/authorization/policy/domain.ts';
import { readPolicies } from '../core/authorization/review/files.ts';

/**
 * Decisions in process against stock node-casbin, which looks at every row for every question, and what it costs to get
 * ready for an organization with rows of its own. `--smoke` measures less and ends within seconds.
 */
const smoke = process.argv.includes('--smoke');
const scale = smoke ? 0.1 : 1;
const domain = domainOf({ organizationId: 'org_1' });
const [platform, integrations] = await readPolicies(fileURLToPath(new URL('../policies', import.meta.url)));

console.log(`Node ${process.version}; microseconds per decision, median of batches; ratio = stock / engine`);
const lines = [10, 300, 1_000].map((rows) => measureDecisions(rows));
console.table(Object.fromEntries(lines.map(({ rows, ...rest }) => [`${rows} rows`, rest])));
console.log('One of many organizations with 20 rows of its own each; milliseconds');
console.table(measureColdLoad());

/** Rows for `count`: roles of 120 permissions, allowed in turn, and a state that is denied everything. */
function policyOf(count: number): PolicyContent {
  const resources = Object.fromEntries(
    Array.from({ length: 24 }, (_, index) => [
      `thing-${index}`,
      {
        title: 'Things',
        actions: {
          list: ['org' as const],
          create: ['org' as const],
          read: ['org' as const],
          update: ['org' as const],
          delete: ['org' as const],
        },
      },
    ]),
  );
  const pairs = Object.entries(resources).flatMap(([resource, { actions }]) =>
    Object.keys(actions).map((action) => [resource, action] as const),
  );
  const rows: Row[] = [['state/suspended', '*', '*', '*', 'deny']];
  for (let index = 0; rows.length < count; index += 1) {
    const [resource, action] = pairs[(index * 7) % pairs.length]!;
    rows.push([`bench/role-${Math.floor(index / 60)}`, '*', resource, action, 'allow']);
  }
  return {
    scope: 'platform',
    model: platform!.model,
    rows,
    sources: rows.map((_, index) => ({ file: 'policy.csv', line: index + 1 })),
    vocabulary: { resources, roles: {}, states: {} },
  };
}

function measureDecisions(rows: number) {
  const contents = [policyOf(rows)];
  const engine = createEngine(contents);
  const stock = createStock(contents);
  const names = ['bench/role-0', 'bench/role-1'];
  const permissions = engine.permissions('org');
  const roles = engine.roleSet(names);
  const questions = permissions.map((permission) => ({ roles, domain, ...permission }));
  for (const question of questions) engine.decide(question);

  const hit = median(20, Math.round(200_000 * scale), (index) => engine.decide(questions[index % questions.length]!));
  const named = median(20, Math.round(50_000 * scale), (index) => {
    engine.decide({ ...questions[index % questions.length]!, roles: engine.roleSet(names) });
  });
  // A role set that was never seen makes every question a new one.
  const strangers = Array.from({ length: 400 }, (_, index) => engine.roleSet([...names, `bench/stranger-${index}`]));
  let asked = 0;
  const miss = median(10, Math.round(2_000 * scale), () => {
    const question = {
      ...questions[asked % questions.length]!,
      roles: strangers[Math.floor(asked / questions.length) % strangers.length]!,
    };
    asked += 1;
    engine.decide(question);
  });
  const full = median(5, Math.max(10, Math.round((100_000 * scale) / rows)), (index) => {
    const { resource, action } = questions[index % questions.length]!;
    stock.decide('user_1', names, domain, resource, action);
  });
  return {
    rows,
    'stock casbin': round(full),
    'engine, asked before': round(hit),
    ratio: Math.round(full / hit),
    'and names to a set': round(named),
    'engine, first time': round(miss),
    'ratio ': round(full / miss),
  };
}

function measureColdLoad() {
  const parts = createCompiledPolicies();
  const base = [platform!, integrations!];
  createEngine(base, parts);
  const permissions = createEngine(base, parts).permissions('org');
  const organizations = Array.from({ length: smoke ? 500 : 10_000 }, (_, index) => organizationContent(`org_${index}`, permissions));
  const engines: Engine[] = [];
  const heapBefore = process.memoryUsage().heapUsed;
  const times = organizations.map((organization) => {
    const start = performance.now();
    engines.push(createEngine([...base, organization], parts));
    return performance.now() - start;
  });
  const heap = (process.memoryUsage().heapUsed - heapBefore) / engines.length / 1024;
  const firsts = engines.slice(0, 500).map((engine, index) => {
    const roles = engine.roleSet(['role_0']);
    const start = performance.now();
    engine.decide({ roles, domain: domainOf({ organizationId: `org_${index}` }), ...permissions[0]! });
    return performance.now() - start;
  });
  const alone = Array.from({ length: smoke ? 5 : 50 }, (_, index) => {
    const start = performance.now();
    createEngine([...base, organizations[index]!]);
    return performance.now() - start;
  });
  return {
    'engine, shared parts': { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
    'first decision in it': { p50: quantile(firsts, 0.5), p99: quantile(firsts, 0.99) },
    'engine, nothing shared': { p50: quantile(alone, 0.5), p99: quantile(alone, 0.99) },
    'KiB of heap each': { p50: Math.round(heap), p99: Math.round(heap) },
  };
}

function organizationContent(scope: string, permissions: readonly { resource: string; action: string }[]): PolicyContent {
  const rows = permissions.slice(0, 20).map(({ resource, action }, index): Row => [`role_${index % 3}`, scope, resource, action, 'allow']);
  return { scope, model: platform!.model, rows, sources: rows.map((_, index) => ({ file: scope, line: index + 1 })) };
}

/** Microseconds per call, the median over batches. */
function median(batches: number, size: number, call: (index: number) => void): number {
  const times = Array.from({ length: batches }, () => {
    const start = performance.now();
    for (let index = 0; index < size; index += 1) call(index);
    return ((performance.now() - start) * 1_000) / size;
  });
  return times.sort((a, b) => a - b)[Math.floor(batches / 2)]!;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
}

function round(value: number): number {
  return value < 10 ? Math.round(value * 1_000) / 1_000 : Math.round(value);
}
