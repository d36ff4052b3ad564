import { expect } from 'chai';
import { Registry } from 'prom-client';
import { type ControllerOptions, type Reconcile, runController, TerminalError } from '../../../controllers/runtime/controller.ts';
import { createMetrics } from '../../../controllers/runtime/metrics.ts';
import { Queue } from '../../../controllers/runtime/queue.ts';
import { eventually } from '../../helpers/eventually.ts';
import { memoryLog } from '../../helpers/widgets.ts';

describe('a controller', () => {
  let queue: Queue;
  let stop: AbortController;
  let running: Promise<void>;

  const run = (reconcile: Reconcile, options: Partial<ControllerOptions> = {}): void => {
    stop = new AbortController();
    running = runController({ queue, reconcile, log: memoryLog(), workers: 2, ...options }, stop.signal);
  };
  beforeEach(() => {
    queue = new Queue({ name: 'test', minBackoffMs: 5, maxBackoffMs: 20 });
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  it('works on several keys at once, but never twice on the same one', async () => {
    const active = new Map<string, number>();
    let most = 0;
    let overlaps = 0;
    let runs = 0;
    run(
      async (key) => {
        active.set(key, (active.get(key) ?? 0) + 1);
        if (active.get(key)! > 1) overlaps++;
        most = Math.max(most, [...active.values()].filter((count) => count > 0).length);
        await new Promise((resolve) => setImmediate(resolve));
        active.set(key, active.get(key)! - 1);
        runs++;
        return {};
      },
      { workers: 3 },
    );
    for (let round = 0; round < 50; round++) {
      for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => expect(queue.depth).to.equal(0));
    expect(runs).to.be.greaterThan(4);
    expect(overlaps).to.equal(0);
    expect(most).to.equal(3);
  });

  it('tries a failed key again until it works, and leaves the other keys alone', async () => {
    const seen: string[] = [];
    run(async (key) => {
      seen.push(key);
      if (key === 'poison' && seen.filter((one) => one === 'poison').length < 4) throw new Error('no');
      return {};
    });
    queue.add('poison');
    queue.add('good');
    await eventually(() => expect(seen.filter((key) => key === 'poison')).to.have.length(4));
    expect(seen.filter((key) => key === 'good')).to.have.length(1);
    await eventually(() => expect(queue.failures('poison')).to.equal(0));
  });

  it('does not try a terminal failure again by itself', async () => {
    const registry = new Registry();
    let runs = 0;
    run(
      async () => {
        runs++;
        throw new TerminalError('the slug is taken');
      },
      { metrics: createMetrics(registry) },
    );
    queue.add('acme');
    await eventually(async () => {
      expect(await registry.getSingleMetricAsString('controller_runtime_terminal_reconcile_errors_total')).to.contain(
        '{controller="test"} 1',
      );
    });
    expect(queue.failures('acme')).to.equal(0);
    expect(runs).to.equal(1);
    queue.add('acme');
    await eventually(() => expect(runs).to.equal(2));
  });

  it('counts what the program itself does wrong apart from what went wrong around it, and goes on', async () => {
    const registry = new Registry();
    const log = memoryLog();
    const value = async (name: string): Promise<string> => (await registry.getSingleMetricAsString(name)).split('\n').at(-1)!;
    const failures: Record<string, unknown> = {
      type: new TypeError("Cannot read properties of undefined (reading 'id')"),
      range: new RangeError('Invalid time value'),
      reference: new ReferenceError('x is not defined'),
      database: new Error('connection terminated'),
      hopeless: new TerminalError('the slug is taken'),
      nothing: undefined,
    };
    const seen = new Set<string>();
    run(
      async (key) => {
        if (seen.has(key) || !(key in failures)) return {};
        seen.add(key);
        throw failures[key];
      },
      { metrics: createMetrics(registry), log },
    );
    await eventually(async () =>
      expect(await value('controller_runtime_reconcile_panics_total')).to.match(/^controller_.*\{controller="test"\} 0$/),
    );
    for (const key of [...Object.keys(failures), 'good']) queue.add(key);
    await eventually(async () => {
      expect(await registry.getSingleMetricAsString('controller_runtime_reconcile_total')).to.match(/result="success"\} 6/);
    });
    expect(await value('controller_runtime_reconcile_panics_total')).to.match(/ 3$/);
    expect(await value('controller_runtime_reconcile_errors_total')).to.match(/ 5$/);
    expect(await value('controller_runtime_terminal_reconcile_errors_total')).to.match(/ 1$/);
    const told = log.lines.filter(({ level }) => level === 'error');
    expect(told.map(({ fields }) => fields['key']).sort()).to.deep.equal(['range', 'reference', 'type']);
    expect(told.map(({ fields }) => (fields['err'] as Error).stack !== undefined)).to.deep.equal([true, true, true]);
  });

  it('comes back when the result asks for it, and with the resync otherwise', async () => {
    const runs = { asked: 0, resynced: 0, gone: 0 };
    run(
      async (key) => {
        runs[key as keyof typeof runs]++;
        if (key === 'gone') return undefined;
        return key === 'asked' ? { requeueAfter: 1 } : {};
      },
      { resyncMs: 2 },
    );
    for (const key of Object.keys(runs)) queue.add(key);
    await eventually(() => {
      expect(runs.asked).to.be.greaterThan(3);
      expect(runs.resynced).to.be.greaterThan(3);
    });
    expect(runs.gone).to.equal(1);
  });

  it('aborts a run that takes too long, goes on with other keys, and keeps the key locked until the run has ended', async () => {
    let release = (): void => {};
    let stuck = 0;
    const seen: string[] = [];
    run(
      async (key, signal) => {
        seen.push(key);
        if (key !== 'stuck' || stuck++ > 0) return {};
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        expect(signal.aborted).to.equal(true);
        return {};
      },
      { workers: 1, timeoutMs: 10 },
    );
    queue.add('stuck');
    await eventually(() => expect(seen).to.deep.equal(['stuck']));
    queue.add('other');
    queue.add('stuck');
    await eventually(() => expect(seen).to.deep.equal(['stuck', 'other']));
    release();
    await eventually(() => expect(seen).to.deep.equal(['stuck', 'other', 'stuck']));
  });

  it('lets runs end after the stop signal, and aborts those that do not', async () => {
    const ends: string[] = [];
    run(
      async (key, signal) => {
        if (key === 'quick') await new Promise((resolve) => setImmediate(resolve));
        else await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ends.push(key);
        return {};
      },
      { drainMs: 10 },
    );
    queue.add('quick');
    queue.add('slow');
    await eventually(() => expect(queue.depth).to.equal(0));
    stop.abort();
    await running;
    expect(ends).to.deep.equal(['quick', 'slow']);
  });
});
