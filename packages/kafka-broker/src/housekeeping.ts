import { compactLog } from './log/compaction.ts'
import type { LogContext } from './log/log-context.ts'
import type { GroupCoordinator } from './groups/group-coordinator.ts'
import type { DiskWatch } from './disk-watch.ts'
import type { BrokerEvent } from './diagnostics.ts'
import type { TopicStore } from './log/topic-store.ts'

const retentionMs = 300_000
const compactionMs = 15_000
const idleFileMs = 300_000

/** What is done every five minutes (retention, idle files, expired groups), and compaction more often. */
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
  const run = (): Promise<void> => (running = running.then(round).then(compact))
  const runCompaction = (): Promise<void> => (running = running.then(compact))
  const timer = setInterval(() => void run(), retentionMs)
  const compactionTimer = setInterval(() => void runCompaction(), compactionMs)
  timer.unref()
  compactionTimer.unref()
  return {
    run,
    stop: async () => {
      clearInterval(timer)
      clearInterval(compactionTimer)
      await running
    },
  }
}
