import type { Metric, Registry } from 'prom-client';

/** A histogram of request durations in seconds. */
export interface Durations {
  observe(operation: string, method: string, status: number, seconds: number): void;
}

interface Series {
  readonly labels: { readonly operation: string; readonly method: string; readonly status: string };
  /** How many fell into each bucket and into none below; the last is for what is longer than all of them. */
  readonly counts: number[];
  sum: number;
}

/** Adds one to the registry, which the library writes like its own. The library's would look at the labels anew with every request. */
export function createDurations(registry: Registry, options: { name: string; help: string; buckets: readonly number[] }): Durations {
  const { name, help, buckets } = options;
  const allSeries = new Map<string, Series>();

  function valuesOf({ labels, counts, sum }: Series) {
    let count = 0;
    const values = [...buckets, '+Inf'].map((le, index) => {
      count += counts[index]!;
      return { labels: { le, ...labels }, value: count, metricName: `${name}_bucket` };
    });
    return [...values, { labels, value: sum, metricName: `${name}_sum` }, { labels, value: count, metricName: `${name}_count` }];
  }

  const metric = {
    name,
    reset: () => allSeries.clear(),
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: [...allSeries.values()].flatMap(valuesOf) }),
  };
  registry.registerMetric(metric as unknown as Metric);

  return {
    observe(operation, method, status, seconds) {
      const key = `${operation} ${method} ${status}`;
      let series = allSeries.get(key);
      if (series === undefined) {
        series = { labels: { operation, method, status: String(status) }, counts: Array(buckets.length + 1).fill(0), sum: 0 };
        allSeries.set(key, series);
      }
      let bucket = 0;
      while (bucket < buckets.length && seconds > buckets[bucket]!) bucket += 1;
      series.counts[bucket]! += 1;
      series.sum += seconds;
    },
  };
}
