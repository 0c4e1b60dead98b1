import { createRequire } from 'node:module'
import type * as PromClient from 'prom-client'

export type Labels = Readonly<Record<string, string | number>>

export interface Counter {
  /** Adds `value` (default 1, never negative). */
  inc(labels?: Labels, value?: number): void
}
export interface Gauge {
  set(labels: Labels, value: number): void
  inc(labels?: Labels, value?: number): void
  dec(labels?: Labels, value?: number): void
  /** Forgets one set of labels, or all of them. */
  remove(labels?: Labels): void
}
export interface Histogram {
  observe(labels: Labels, value: number): void
}
export interface HistogramOptions {
  readonly labels?: readonly string[]
  /** Upper bounds in the unit of the metric. */
  readonly buckets?: readonly number[]
}

/** The metrics of one service. Names start with `beamtime_`; asking twice for one name gives the same metric. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter
  gauge(name: string, help: string, labels?: readonly string[]): Gauge
  histogram(name: string, help: string, options?: readonly string[] | HistogramOptions): Histogram
  /** Calls back right before each collection, to set gauges that are cheap to read but change often. */
  onCollect(update: () => void): void
  /** Prometheus text format 0.0.4. */
  text(): Promise<string>
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Makes a registry whose metrics all carry the given labels (role, instance). */
export function createMetrics(fixedLabels: Readonly<Record<string, string>> = {}): Metrics {
  // Loaded here and not at the top: it costs 50 ms, which commands that only read the configuration do not have.
  const prom = createRequire(import.meta.url)('prom-client') as typeof PromClient
  const registry = new prom.Registry()
  registry.setDefaultLabels({ ...fixedLabels })
  const known = new Map<string, Counter | Gauge | Histogram>()
  const updates: (() => void)[] = []

  function once<T extends Counter | Gauge | Histogram>(name: string, make: () => T): T {
    const existing = known.get(name) as T | undefined
    if (existing !== undefined) return existing
    const made = make()
    known.set(name, made)
    return made
  }

  return {
    counter: (name, help, labels = []) =>
      once(name, () => {
        const metric = new prom.Counter({ name, help, labelNames: [...labels], registers: [registry] })
        return { inc: (values = {}, value = 1) => metric.inc({ ...values }, value) }
      }),
    gauge: (name, help, labels = []) =>
      once(name, () => {
        const metric = new prom.Gauge({ name, help, labelNames: [...labels], registers: [registry] })
        return {
          set: (values, value) => metric.set({ ...values }, value),
          inc: (values = {}, value = 1) => metric.inc({ ...values }, value),
          dec: (values = {}, value = 1) => metric.dec({ ...values }, value),
          remove: (values) => (values === undefined ? metric.reset() : metric.remove({ ...values })),
        }
      }),
    histogram: (name, help, options = []) =>
      once(name, () => {
        const { labels = [], buckets = secondsBuckets } = isLabelList(options) ? { labels: options } : options
        const metric = new prom.Histogram({
          name,
          help,
          labelNames: [...labels],
          buckets: [...buckets],
          registers: [registry],
        })
        return { observe: (values, value) => metric.observe({ ...values }, value) }
      }),
    onCollect: (update) => void updates.push(update),
    text: () => {
      for (const update of updates) update()
      return registry.metrics()
    },
  }
}

function isLabelList(options: readonly string[] | HistogramOptions): options is readonly string[] {
  return Array.isArray(options)
}
