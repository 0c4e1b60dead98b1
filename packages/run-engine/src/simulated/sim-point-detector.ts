import type { Readable } from '../devices/protocols.ts'
import { Status, type StatusLike } from '../devices/status.ts'
import { compositeDevice, type CompositeDevice } from './composite-device.ts'
import { Signal } from './signal.ts'
import { simMotor, type SimMotor, type SimMotorOptions } from './sim-motor.ts'
import { bundle, type Bundle } from './bundle.ts'
import { valueOf } from './syn-gauss.ts'

/** Two motors of the second family: names are joined with '-'. */
export function simStage(name: string, options: SimMotorOptions = {}): Bundle<{ x: SimMotor; y: SimMotor }> {
  return bundle(
    name,
    { x: () => simMotor(`${name}-x`, options), y: () => simMotor(`${name}-y`, options) },
    'SimStage',
  )
}

type EnergyMode = 'Low Energy' | 'High Energy'

/** The pattern that the detectors of the second family see: 0 to 1, by position, channel and energy. */
function patternValue(
  position: { readonly x: number; readonly y: number },
  channel: number,
  mode: EnergyMode,
): number {
  const offset = mode === 'Low Energy' ? 10 : 100
  return (Math.sin(position.x) ** channel + Math.cos(position.x * position.y + offset) + 2) / 4
}

export interface SimPointDetectorOptions {
  readonly x: Readable
  readonly y: Readable
  /** Default 3. */
  readonly numChannels?: number
  /** Seconds. Default 0.1. */
  readonly acquireTimeS?: number
}

export type SimPointDetector = CompositeDevice & { trigger(): StatusLike }

const refreshMs = 100

/** Counts that grow during the exposure, in several channels. */
export function simPointDetector(name: string, options: SimPointDetectorOptions): SimPointDetector {
  const channels = Array.from({ length: options.numChannels ?? 3 }, (_, i) => i + 1)
  const values = channels.map((i) => new Signal(`${name}-channel-${i}-value`, { value: 0, readOnly: true }))
  const modes = channels.map(
    (i) =>
      new Signal(`${name}-channel-${i}-mode`, {
        value: 'Low Energy',
        hinted: false,
        enumStrings: ['Low Energy', 'High Energy'],
        dataKey: { dtype: 'string' },
      }),
  )
  const acquireTime = new Signal(`${name}-acquire_time`, {
    value: options.acquireTimeS ?? 0.1,
    hinted: false,
    units: 's',
    dataKey: { dtype: 'number' },
  })
  const update = (exposedS: number): void => {
    const position = { x: valueOf(options.x, options.x.name), y: valueOf(options.y, options.y.name) }
    for (const [index, signal] of values.entries()) {
      const mode: EnergyMode = modes[index]?.get() === 'High Energy' ? 'High Energy' : 'Low Energy'
      signal.put(Math.trunc(patternValue(position, index + 1, mode) * 10_000 * exposedS))
    }
  }
  return compositeDevice(
    {
      name,
      className: 'SimPointDetector',
      parts: {
        hinted: Object.fromEntries(values.map((signal, i) => [`channel_${i + 1}`, signal])),
        config: {
          acquire_time: acquireTime,
          ...Object.fromEntries(modes.map((signal, i) => [`channel_${i + 1}_mode`, signal])),
        },
      },
    },
    {
      trigger(): StatusLike {
        const status = new Status({ name })
        const startedMs = performance.now()
        const exposureS = Number(acquireTime.get())
        const timer = setInterval(() => update((performance.now() - startedMs) / 1000), refreshMs)
        setTimeout(() => {
          clearInterval(timer)
          update(exposureS)
          status.setFinished()
        }, exposureS * 1000)
        return status
      },
    },
  )
}
