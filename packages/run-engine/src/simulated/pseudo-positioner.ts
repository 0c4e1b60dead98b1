import { unixSecondsNow } from '@beamtime/event-model'
import type { DataKeys, Device, Readings } from '../devices/protocols.ts'
import { finishedStatus, type StatusLike } from '../devices/status.ts'
import { badMessage } from '../error.ts'
import { checkLimits } from './signal.ts'

export interface PseudoAxis {
  readonly key: string
  readonly limits?: readonly [number, number]
  readonly egu?: string
}

export interface PseudoPositionerOptions {
  readonly pseudo: readonly PseudoAxis[]
  readonly real: readonly string[]
  /** Real positions from pseudo positions. */
  readonly forward: (pseudo: readonly number[]) => readonly number[]
  readonly className: string
}

/** Several real axes that move together as other, calculated axes. Moves are instantaneous. */
export type PseudoPositioner = Device & {
  readonly position: readonly number[]
  set(...target: readonly unknown[]): StatusLike
  read(): Readings
  describe(): DataKeys
  stage(): readonly unknown[]
  unstage(): readonly unknown[]
  stop(): void
}

/** Makes a pseudo-positioner; each pseudo axis is a component and can be moved alone. */
export function pseudoPositioner(name: string, options: PseudoPositionerOptions): PseudoPositioner {
  let pseudo = options.pseudo.map(() => 0)
  let real = options.real.map(() => 0)
  let timestamp = unixSecondsNow()
  const reading = (value: number): Readings[string] => ({ value, timestamp })
  const dataKey = (source: string, axis: PseudoAxis | null): DataKeys[string] => {
    const [low, high] = axis?.limits ?? [0, 0]
    const limits = { lower_ctrl_limit: low, upper_ctrl_limit: high }
    return { source, dtype: 'number', shape: [], units: axis?.egu ?? '', ...limits }
  }

  const moveTo = (target: readonly number[]): StatusLike => {
    if (target.length !== pseudo.length) throw badMessage(`${name} needs ${pseudo.length} positions`)
    options.pseudo.forEach((axis, i) => {
      if (axis.limits !== undefined) checkLimits(`${name}_${axis.key}`, target[i], axis.limits)
    })
    pseudo = [...target]
    real = [...options.forward(pseudo)]
    timestamp = unixSecondsNow()
    return finishedStatus()
  }
  const single = (axis: PseudoAxis, index: number): Device & { parent: Device | null } => {
    const key = `${name}_${axis.key}`
    const read = (): Readings => ({
      [key]: reading(pseudo[index] ?? 0),
      [`${key}_setpoint`]: reading(pseudo[index] ?? 0),
    })
    const describe = (): DataKeys => ({
      [key]: dataKey(`PY:${key}.position`, axis),
      [`${key}_setpoint`]: dataKey(`PY:${key}.target`, axis),
    })
    const device = {
      name: key,
      className: 'PseudoSingle',
      parent: null,
      hints: { fields: [key] },
      egu: axis.egu ?? '',
      limits: axis.limits ?? ([0, 0] as const),
      get position() {
        return pseudo[index] ?? 0
      },
      set: (value: unknown) => moveTo(pseudo.map((old, i) => (i === index ? Number(value) : old))),
      read,
      describe,
      stop: () => undefined,
    }
    return device
  }
  const singles = options.pseudo.map(single)
  const device: PseudoPositioner = {
    name,
    className: options.className,
    parent: null,
    hints: { fields: singles.map((axis) => axis.name) },
    components: Object.fromEntries(options.pseudo.map((axis, i) => [axis.key, singles[i] as Device])),
    get position() {
      return pseudo
    },
    set: (...target) => moveTo((Array.isArray(target[0]) ? target[0] : target).map(Number)),
    read: () => ({
      ...Object.assign({}, ...singles.map((axis) => (axis as PseudoPositioner).read())),
      ...Object.fromEntries(options.real.map((key, i) => [`${name}_${key}`, reading(real[i] ?? 0)])),
    }),
    describe: () => ({
      ...Object.assign({}, ...singles.map((axis) => (axis as PseudoPositioner).describe())),
      ...Object.fromEntries(options.real.map((key) => [`${name}_${key}`, dataKey('computed', null)])),
    }),
    stage: () => [device],
    unstage: () => [device],
    stop: () => undefined,
  }
  for (const axis of singles) axis.parent = device
  return device
}
