import type { LogMessage, LogType } from './stream-message.ts'
import type { StreamEntry } from './stream-table.ts'

/** Merges the process variables of a motor: value, target and idle become one sample per change. */
export interface DeviceMerger {
  /** null until all parts that the device has were seen, and for a repeated part. */
  accept(entry: Extract<StreamEntry, { kind: 'device' }>, sample: DeviceSample): LogMessage | null
}

export interface DeviceSample {
  readonly timeNs: bigint
  readonly value: number
  readonly type: LogType
  readonly sizeBytes: number
}

type Part = 'value' | 'target' | 'idle'

export function deviceMerger(): DeviceMerger {
  const known = new Map<string, Map<Part, DeviceSample>>()
  return {
    accept({ device, part }, sample) {
      const parts = known.get(device.stream) ?? new Map<Part, DeviceSample>()
      known.set(device.stream, parts)
      // The forwarder repeats the last value with its original time.
      if (parts.get(part)?.timeNs === sample.timeNs) return null
      parts.set(part, sample)
      const value = parts.get('value')
      const target = parts.get('target')
      const idle = parts.get('idle')
      const isComplete =
        value !== undefined &&
        (device.target === undefined || target !== undefined) &&
        (device.idle === undefined || idle !== undefined)
      if (!isComplete) return null
      const timeNs = [value, target, idle].reduce(
        (latest, each) => (each !== undefined && each.timeNs > latest ? each.timeNs : latest),
        value.timeNs,
      )
      return {
        kind: 'log',
        stream: device.stream,
        source: device.value,
        timeNs,
        value: value.value,
        type: value.type,
        sizeBytes: sample.sizeBytes,
        ...(target === undefined ? {} : { target: target.value }),
        ...(idle === undefined ? {} : { idle: Math.trunc(idle.value) }),
      }
    },
  }
}
