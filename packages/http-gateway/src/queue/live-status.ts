import type { PlanProgress } from '@beamtime/queue-client'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { ItemEstimate, LiveStatus, RunProgress } from '../ui-types.ts'
import type { Estimates } from './estimates.ts'
import type { HistoryMirror } from './history-mirror.ts'
import { createPointClock, progressOf, queueEtaOf } from './progress.ts'
import type { QueueLink } from './queue-link.ts'
import type { QueueMirror } from './queue-mirror.ts'

/** Points of the run that is open now, counted from its documents. */
export interface DocumentProgress {
  readonly uid: string
  readonly n: number
  readonly total: number | null
  readonly startedS: number
}

export interface DocumentProgressSource {
  current(): DocumentProgress | null
  readonly onChange: Listeners<void>['listen']
}

export interface LiveStatusSource {
  readonly current: LiveStatus
  readonly onChange: Listeners<LiveStatus>['listen']
  estimatesOfQueue(): Readonly<Record<string, ItemEstimate>>
  close(): void
}

export interface LiveStatusOptions {
  readonly link: QueueLink
  readonly queue: QueueMirror
  readonly history: HistoryMirror
  readonly estimates: Estimates
  readonly documents: DocumentProgressSource
  readonly now?: () => number
}

/** Status of the manager, progress of the running plan and the end of the queue, computed anew with each piece of news. */
export function liveStatus(options: LiveStatusOptions): LiveStatusSource {
  const { link, queue, history, estimates, documents, now = Date.now } = options
  const changes = listeners<LiveStatus>()
  const clock = createPointClock()
  let told: PlanProgress | null = null
  let learned = false

  const pointsNow = (item: string): Pick<PlanProgress, 'n' | 'total' | 'started' | 'devices'> | null => {
    if (told?.item_uid === item) return told
    const counted = documents.current()
    if (counted === null) return null
    return { n: counted.n, total: counted.total, started: counted.startedS, devices: [] }
  }
  const progressNow = (): RunProgress | null => {
    const { status } = link
    const item = queue.content?.running ?? null
    if (status === null || item === null || status.running_item_uid !== item.item_uid) return null
    const points = pointsNow(item.item_uid)
    if (points !== null) clock.saw(item.item_uid, points.n, now())
    return progressOf({
      status,
      item,
      points,
      secondsPerPoint: points === null ? null : clock.secondsPerPoint(),
      lastPointMs: points === null ? null : clock.lastPointMs(),
      estimates,
      nowMs: now(),
    })
  }
  const compute = (): LiveStatus => {
    const progress = progressNow()
    const items = queue.content?.items ?? []
    return {
      ...link.status,
      manager: link.reachability,
      progress,
      queueEta: queueEtaOf({ items, progress, estimates, nowMs: now() }),
      run_uid: documents.current()?.uid ?? null,
    }
  }
  const learn = (): void => {
    if (learned || history.uid === null) return
    learned = true
    for (const item of history.recent.toReversed()) estimates.learn(item)
  }
  const refresh = (): void => changes.emit(compute())
  const stop = [
    link.onStatus(refresh),
    link.onReachability(refresh),
    link.onProgress((progress) => {
      told = progress
      refresh()
    }),
    queue.onChange(refresh),
    history.onChange((news) => {
      if (!learned) learn()
      else if (news.op === 'add') estimates.learn(news.item)
      refresh()
    }),
    documents.onChange(refresh),
  ]
  return {
    get current() {
      learn()
      return compute()
    },
    onChange: (callback) => changes.listen(callback),
    estimatesOfQueue() {
      learn()
      const all: Record<string, ItemEstimate> = {}
      for (const item of queue.content?.items ?? []) {
        const estimate = estimates.estimate(item)
        if (estimate !== null) all[item.item_uid] = estimate
      }
      return all
    },
    close() {
      for (const end of stop) end()
    },
  }
}
