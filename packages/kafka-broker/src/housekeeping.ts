import type { GroupCoordinator } from './groups/group-coordinator.ts'
import type { DiskWatch } from './disk-watch.ts'
import type { BrokerEvent } from './diagnostics.ts'
import type { TopicStore } from './log/topic-store.ts'

const retentionMs = 300_000
const idleFileMs = 300_000

/** The work that is done every five minutes: retention, idle files, expired groups. */
export interface Housekeeping {
  /** At once, for a change of settings. */
  run(): Promise<void>
  stop(): Promise<void>
}

export function startHousekeeping(parts: {
  readonly store: TopicStore
  readonly groups: GroupCoordinator
  readonly disk: DiskWatch
  readonly onEvent: (event: BrokerEvent) => void
}): Housekeeping {
  const { store, groups, disk, onEvent } = parts
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
  const run = (): Promise<void> => (running = running.then(round))
  const timer = setInterval(() => void run(), retentionMs)
  timer.unref()
  return {
    run,
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
