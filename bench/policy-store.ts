import { monitorEventLoopDelay } from 'node:perf_hooks';
import { matches } from '../core/authorization/policy-stores/filter.ts';
import { storeModel } from '../core/authorization/policy-stores/model.ts';
import { createStockStore } from '../core/authorization/policy-stores/stock-store.ts';
import { compileStore } from '../core/authorization/policy-stores/store.ts';
import type { StoreContents, StoreEntity, StoreQuestion } from '../core/authorization/policy-stores/types.ts';
import { checkStore } from '../core/policy-stores/store-check.ts';
import { createStoreChecker } from '../core/policy-stores/store-checker.ts';
import { smoke } from './harness.ts';
import { measureStoreDecisions } from './store-decisions.ts';

/** Decisions of a policy store with conditions beside stock node-casbin, its filters, and what others feel while hostile contents are checked. */
const scale = smoke ? 0.02 : 1;

console.log(
  `Node ${process.version}; microseconds of CPU per decision, median of batches; every row has a condition; ratio = stock / compiled`,
);
const sizes = [7, 300, 1_000, 5_000];
console.table(Object.fromEntries(await Promise.all(sizes.map(async (rows) => [`${rows} rows`, await measureDecisions(rows)] as const))));
console.log('The worst that is accepted: rows of one type and action for all subjects, none of which allows');
console.table({ '1000 rows': worst(1_000), '5000 rows': worst(5_000) });
console.log('Filters of searches over 1,000 rows; the entities are 10,000 records in memory');
console.table(measureFilters());
console.log(
  'Delay of the event loop in milliseconds while the largest accepted contents, and 512 KiB of faults, are checked: what every other client waits',
);
console.table(await measureHostile());
await measureStoreDecisions();

function contentsOf(rows: number): StoreContents {
  const conditions = [
    'r.res.owner == r.sub.id',
    "r.res.department == r.sub.department && r.res.state != 'archived'",
    "'editor' in r.sub.tags || r.ctx.hour < 8",
  ];
  const lines = Array.from({ length: rows }, (_, index) => {
    const subject = index % 3 === 0 ? '*' : `role:r${index % 40}`;
    return `p, ${subject}, type${index % 25}:*, act${index % 9}, ${conditions[index % 3]} || r.res.level == ${index}, ${index % 50 === 49 ? 'deny' : 'allow'}`;
  });
  const links = Array.from({ length: 1_000 }, (_, index) => `g, user:u${index}, role:r${index % 40}`);
  return { model: storeModel, policy: [...lines, ...links].join('\n'), tests: '' };
}

function questionsFor(rows: number): StoreQuestion[] {
  return Array.from({ length: 500 }, (_, index) => ({
    subject: { type: 'user', id: `u${index}`, properties: { department: `d${index % 5}`, tags: index % 7 === 0 ? ['editor'] : [] } },
    action: { name: `act${index % Math.min(rows, 9)}`, properties: {} },
    resource: {
      type: `type${index % Math.min(rows, 25)}`,
      id: String(index),
      properties: { owner: `u${index % 3}`, department: `d${index % 4}`, state: 'open', level: index },
    },
    context: { hour: 9 },
  }));
}

async function measureDecisions(rows: number) {
  const contents = contentsOf(rows);
  const start = process.cpuUsage();
  const compiled = compileStore(contents);
  const { user } = process.cpuUsage(start);
  const stock = await createStockStore(contents);
  const questions = questionsFor(rows);
  const differences = questions
    .slice(0, smoke ? 20 : 200)
    .filter((question) => compiled.decide(question).decision !== stock.decide(question));
  if (differences.length > 0) throw new Error(`Stock Casbin answers ${differences.length} questions otherwise.`);
  const own = median(15, Math.round(50_000 * scale), (index) => compiled.decide(questions[index % questions.length]!));
  const other = median(5, Math.max(5, Math.round((40_000 * scale) / rows)), (index) => stock.decide(questions[index % questions.length]!));
  return { 'stock casbin': round(other), compiled: round(own), ratio: Math.round(other / own), 'to compile, ms': round(user / 1_000) };
}

function worst(rows: number) {
  const lines = Array.from(
    { length: rows },
    (_, index) => `p, *, doc:*, read, r.res.owner == 'u${index}' && r.res.level < ${index}, allow`,
  );
  const compiled = compileStore({ model: storeModel, policy: lines.join('\n'), tests: '' });
  const [question] = questionsFor(1) as [StoreQuestion];
  const asked = {
    ...question,
    action: { name: 'read', properties: {} },
    resource: { type: 'doc', id: '1', properties: { owner: 'another', level: 1 } },
  };
  if (compiled.decide(asked).decision) throw new Error('A row allows what none should.');
  return { compiled: round(median(10, Math.max(20, Math.round(2_000 * scale)), () => compiled.decide(asked))) };
}

function measureFilters() {
  const compiled = compileStore(contentsOf(1_000));
  const [question] = questionsFor(1_000) as [StoreQuestion];
  const { subject, action, context, resource } = question;
  const records: StoreEntity[] = Array.from({ length: 10_000 }, (_, index) => ({
    ...resource,
    id: String(index),
    properties: { owner: `u${index % 100}`, department: `d${index % 9}`, state: index % 2 === 0 ? 'open' : 'archived', level: index },
  }));
  const make = median(10, Math.max(5, Math.round(2_000 * scale)), () => compiled.resourceFilter(subject, action, context, resource.type));
  const filter = compiled.resourceFilter(subject, action, context, resource.type);
  if (filter.kind !== 'where') throw new Error('The filter of this policy can be said.');
  const found = records.filter((record) => matches(filter.where, record)).length;
  const decided = records.filter((record) => compiled.decide({ ...question, resource: record }).decision).length;
  if (found !== decided) throw new Error(`The filter finds ${found}, and ${decided} are allowed.`);
  const each = median(5, 1, () => records.filter((record) => compiled.decide({ ...question, resource: record }).decision));
  return { 'to make the filter': { microseconds: round(make) }, 'to decide each of the 10,000': { microseconds: round(each) } };
}

async function measureHostile() {
  const words = Array.from({ length: 3 }, (_, index) => `r.res.${'a'.repeat(50)}${index} == '${'x'.repeat(5)}'`).join(' || ');
  const rows = Array.from({ length: 4_900 }, (_, index) => `p, user:u${index}, doc:*, read, r.res.z == ${index} || ${words}, allow`);
  const hostile: StoreContents[] = [
    {
      model: storeModel,
      policy: rows
        .join('\n')
        .slice(0, 520_000)
        .replace(/\n[^\n]*$/, ''),
      tests: '',
    },
    { model: storeModel, policy: 'p, *, doc:*, read, ((((((((((r.a), allow\n'.repeat(12_000), tests: '' },
    {
      model: storeModel,
      policy: 'p, *, doc:*, read, true, allow',
      tests: `entities:\n${'  - { type: user, id: a, properties: { a: [1, 2, 3] } }\n'.repeat(4_000)}`,
    },
  ];
  const checker = createStoreChecker();
  const small = { model: storeModel, policy: '', tests: '' };
  await checker.look('org_bench', small);
  const quiet = await delayDuring(() => new Promise((resolve) => setTimeout(resolve, smoke ? 100 : 2_000)));
  const aside = await delayDuring(async () => {
    for (const contents of hostile) await checker.look('org_bench', contents);
  });
  await checker.stop();
  const here = await delayDuring(async () => {
    for (const contents of hostile) {
      checkStore(contents);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return { quiet, 'checked in the thread': aside, 'checked in the way of others': here };
}

async function delayDuring(work: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  delay.disable();
  return {
    p50: round(delay.percentile(50) / 1e6),
    p99: round(delay.percentile(99) / 1e6),
    max: round(delay.max / 1e6),
    'took, ms': Math.round(took),
  };
}

/** Microseconds of CPU per call, the median over batches. */
function median(batches: number, size: number, call: (index: number) => unknown): number {
  const times = Array.from({ length: batches }, () => {
    const start = process.cpuUsage();
    for (let index = 0; index < size; index += 1) call(index);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / size;
  });
  return times.sort((a, b) => a - b)[Math.floor(batches / 2)]!;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
