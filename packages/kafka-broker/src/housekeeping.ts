import { compactLog } from './log/compaction.ts'
import type { LogContext } from './log/log-context.ts'
import type { GroupCoordinator } from './groups/group-coordinator.ts'
import type { DiskWatch } from './disk-watch.ts'
import type { BrokerEvent } from './diagnostics.ts'
import type { TopicStore } from './log/topic-store.ts'

const retentionMs = 300_000
/** How often compaction, and retention of logs of several segments, are looked after. */
const frequentMs = 15_000
const idleFileMs = 300_000

/**
 * Every five minutes retention of all logs, idle files, expired groups. Every 15 s compaction, and retention of logs that
 * have closed segments: topics of raw events grow by gigabytes a minute.
 */
export interface Housekeeping {
  /** At once, for a change of settings. */
  run(): Promise<void>
  stop(): Promise<void>
}

export function startHousekeeping(parts: {
  readonly store: TopicStore
  readonly context: LogContext
  readonly groups: GroupCoordinator
  readonly disk: DiskWatch
  readonly onEvent: (event: BrokerEvent) => void
}): Housekeeping {
  const { store, context, groups, disk, onEvent } = parts
  let running: Promise<void> = Promise.resolve()
  const round = async (): Promise<void> => {
    try {
      for (const log of store.partitions()) {
        await log.applyRetention()
        await log.closeIdleFiles(idleFileMs)
      }
      await disk.trim(store)
      await groups.expire()
    } catch (error) {
      onEvent({ kind: 'write-failed', log: 'housekeeping', error })
    }
  }
  const compact = async (): Promise<void> => {
    for (const log of store.partitions()) {
      try {
        await compactLog(log, context)
      } catch (error) {
        onEvent({ kind: 'write-failed', log: log.place.name, error })
      }
    }
  }
  const trimGrown = async (): Promise<void> => {
    for (const log of store.partitions()) {
      try {
        if (log.segments.length > 1) await log.applyRetention()
      } catch (error) {
        onEvent({ kind: 'write-failed', log: log.place.name, error })
      }
    }
  }
  const run = (): Promise<void> => (running = running.then(round).then(compact))
  const runFrequent = (): Promise<void> => (running = running.then(trimGrown).then(compact))
  const timer = setInterval(() => void run(), retentionMs)
  const frequentTimer = setInterval(() => void runFrequent(), frequentMs)
  timer.unref()
  frequentTimer.unref()
  return {
    run,
    stop: async () => {
      clearInterval(timer)
      clearInterval(frequentTimer)
      await running
    },
  }
}
