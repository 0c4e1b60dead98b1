import type { ServiceContext } from '@beamtime/service-kit'
import type { ReplayControl } from './replay-control.ts'

/** Metrics of plays and recordings, taken when they are asked for. A play is named as long as it is on its way. */
export function watchMetrics({ metrics }: ServiceContext, control: ReplayControl): void {
  const messages = metrics.counter(
    'beamtime_replay_messages_total',
    'Messages that plays have delivered and recordings have kept.',
    ['work'],
  )
  const ratio = metrics.gauge(
    'beamtime_replay_rate_ratio',
    'Pace of a play beside the one it should have: 1 = on time.',
    ['play'],
  )
  const lag = metrics.gauge('beamtime_replay_lag_seconds', 'How late messages of a play go out, at most.', [
    'play',
  ])
  const running = metrics.gauge('beamtime_replay_running', 'Plays and recordings on their way.', ['work'])
  const counted = new Map<string, number>()
  const count = (work: string, id: string, total: number): void => {
    messages.inc({ work }, Math.max(0, total - (counted.get(id) ?? 0)))
    counted.set(id, total)
  }
  metrics.onCollect(() => {
    running.set({ work: 'play' }, control.plays.runningCount)
    running.set({ work: 'record' }, control.recordings.runningCount)
    ratio.remove()
    lag.remove()
    const { plays, recordings } = control.activity()
    for (const { id, progress, result, error } of plays) {
      count('play', id, progress.acked)
      if (result !== null || error !== null) continue
      const { elapsedMs } = progress
      ratio.set({ play: id }, elapsedMs === 0 ? 1 : elapsedMs / (elapsedMs + progress.lag.maxMs))
      lag.set({ play: id }, progress.lag.maxMs / 1_000)
    }
    for (const { id, count: total } of recordings) count('record', id, total)
    const known = new Set([...plays, ...recordings].map(({ id }) => id))
    for (const id of counted.keys()) if (!known.has(id)) counted.delete(id)
  })
}
