import type { ServiceContext } from '@beamtime/service-kit'
import type { LiveDataCore } from '../core/live-data-core.ts'
import type { ResultMessage } from '../core/jobs/result-message.ts'
import type { ServiceName } from '../workflows/workflow.ts'
import type { ResultSink } from './result-sink.ts'

const totals = ['messages', 'events', 'bytes', 'dropped', 'windows', 'results'] as const
const jobStates = ['scheduled', 'pending_context', 'active', 'finishing', 'warning', 'error'] as const

/** Metrics of one service; several in one process share them, told apart by their labels. */
export function addLiveDataMetrics(
  core: LiveDataCore,
  place: {
    readonly context: ServiceContext
    readonly sink: ResultSink
    readonly service: ServiceName
    readonly instrument: string
  },
): { published(message: ResultMessage): void } {
  const { service, instrument, sink } = place
  const { metrics } = place.context
  const labels = { instrument, service }
  const names = ['instrument', 'service']
  const counters = totals.map((name) => ({
    name,
    counter: metrics.counter(`beamtime_livedata_${name}_total`, `Live data: ${name} since the start.`, names),
    last: 0,
  }))
  const lost = metrics.gauge('beamtime_livedata_results_lost', 'Results that could not be sent.', names)
  const jobs = metrics.gauge('beamtime_livedata_jobs', 'Jobs by state.', [...names, 'state'])
  const window = metrics.gauge('beamtime_livedata_window_seconds', 'Length of the windows.', names)
  const latency = metrics.histogram(
    'beamtime_livedata_latency_seconds',
    'From the end of a window of data to its results.',
    names,
  )
  metrics.onCollect(() => {
    for (const each of counters) {
      each.counter.inc(labels, core.counts[each.name] - each.last)
      each.last = core.counts[each.name]
    }
    lost.set(labels, sink.dropped())
    window.set(labels, core.intervalS())
    const states = core.all().map((job) => job.state())
    for (const state of jobStates)
      jobs.set({ ...labels, state }, states.filter((each) => each === state).length)
  })
  return {
    published({ kind, array }) {
      if (kind !== 'window') return
      const end = array.coords['time'] ?? array.coords['end_time']
      const endNs = end?.values[0]
      if (endNs !== undefined)
        latency.observe(labels, Math.max(0, (Date.now() - Number(endNs) / 1e6) / 1_000))
    },
  }
}
