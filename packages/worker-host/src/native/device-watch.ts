import type { ProgressUpdate, StatusLike } from '@beamtime/run-engine'
import type { DeviceProgress } from '../protocol.ts'

export interface DeviceWatch {
  /** The statuses that the engine waits for, null when it goes on. */
  waiting(statuses: ReadonlySet<StatusLike> | null): void
}

/** Turns the statuses that an engine waits for into progress of devices. */
export function createDeviceWatch(onDevices: (devices: readonly DeviceProgress[]) => void): DeviceWatch {
  let watched = new Map<StatusLike, DeviceProgress>()

  const tell = (): void => onDevices([...watched.values()])

  return {
    waiting(statuses) {
      const hadDevices = watched.size > 0
      const current = new Map<StatusLike, DeviceProgress>()
      watched = current
      for (const status of statuses ?? []) {
        if (status.done || status.watch === undefined) continue
        status.watch((update) => {
          if (watched !== current || update.name === undefined) return
          current.set(status, deviceProgress(update, status.done))
          tell()
        })
      }
      if (hadDevices) tell()
    },
  }
}

function deviceProgress(update: ProgressUpdate, done: boolean): DeviceProgress {
  const { fraction: remaining, name = '', ...rest } = update
  const fraction = doneFraction(update, remaining)
  return { ...rest, name, done, ...(fraction === null ? {} : { fraction }) }
}

// Devices tell the part that remains; people want the part that is done.
function doneFraction(update: ProgressUpdate, remaining: number | undefined): number | null {
  const { current, initial, target } = update
  if (current !== undefined && initial !== undefined && target !== undefined && target !== initial) {
    return Math.min(1, Math.max(0, (current - initial) / (target - initial)))
  }
  return remaining === undefined ? null : 1 - remaining
}
