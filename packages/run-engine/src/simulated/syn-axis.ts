import { unixSecondsNow } from '@beamtime/event-model'
import type { Hints, SubscriptionCallback } from '../devices/protocols.ts'
import { finishedStatus, Status, type StatusLike } from '../devices/status.ts'
import { compositeDevice, type CompositeDevice } from './composite-device.ts'
import { Signal } from './signal.ts'

export interface SynAxisOptions {
  /** Where the axis is at first. Default 0. */
  readonly value?: number
  /** Readback that belongs to a position. Default: the position. */
  readonly readbackFunc?: (position: number) => number
  /** Seconds that each move takes. Default 0. */
  readonly delayS?: number
  /** Steps in which the readback follows. Default 1. */
  readonly eventsPerMove?: number
  /** Default 3. */
  readonly precision?: number
  /** Default 'mm'. */
  readonly egu?: string
  /** Default: the readback; null: the device has no hints. */
  readonly hints?: Hints | null
  /** False: no `position`. Default true. */
  readonly hasPosition?: boolean
  readonly className?: string
  /** False: the readback is not read. Default true. */
  readonly readsReadback?: boolean
}

/** A simulated axis of any kind: setpoint at once, readback after the delay. Limits are not checked. */
export type SynAxis = CompositeDevice & {
  readonly egu: string
  readonly precision: number
  readonly position?: number
  set(value: number): StatusLike
  trigger(): StatusLike
  stop(success?: boolean): void
  checkValue(value: unknown): void
  subscribe(callback: SubscriptionCallback): void
  clearSub(callback: SubscriptionCallback): void
}

interface Move {
  readonly from: number
  readonly distance: number
  readonly status: Status
  step: number
}

/** Makes a simulated axis. */
export function synAxis(name: string, options: SynAxisOptions = {}): SynAxis {
  const {
    value = 0,
    readbackFunc = (x) => x,
    delayS = 0,
    eventsPerMove = 1,
    precision = 3,
    egu = 'mm',
  } = options
  const dataKey = { dtype: 'number', precision } as const
  const readback = new Signal(name, {
    value: readbackFunc(value),
    readOnly: true,
    dataKey,
    className: '_ReadbackSignal',
  })
  const setpoint = new Signal(`${name}_setpoint`, {
    value,
    hinted: false,
    dataKey,
    className: '_SetpointSignal',
    onSet: (target) => set(Number(target)),
  })
  let timer: NodeJS.Timeout | null = null
  let moving: Move | null = null

  const arrive = (move: Move): void => {
    move.step += 1
    readback.put(readbackFunc(move.from + move.distance * (move.step / eventsPerMove)))
    if (move.step < eventsPerMove) {
      move.status.progress(progressOf(name, move, { egu, eventsPerMove }))
      timer = setTimeout(() => arrive(move), (delayS * 1000) / eventsPerMove)
      return
    }
    moving = null
    timer = null
    move.status.setFinished()
  }
  const set = (target: number): StatusLike => {
    const from = Number(setpoint.get())
    const move: Move = { from, distance: target - from, status: new Status({ name }), step: 0 }
    setpoint.put(target, unixSecondsNow())
    if (delayS === 0) {
      while (move.step < eventsPerMove - 1) {
        move.step += 1
        readback.put(readbackFunc(from + move.distance * (move.step / eventsPerMove)))
      }
      queueMicrotask(() => arrive(move))
      return move.status
    }
    moving = move
    timer = setTimeout(() => arrive(move), (delayS * 1000) / eventsPerMove)
    return move.status
  }

  const readbackPart = options.readsReadback === false ? {} : { readback }
  const device = compositeDevice(
    {
      name,
      className: options.className ?? 'SynAxis',
      parts: {
        hinted: readbackPart,
        normal: { setpoint },
        config: {
          velocity: new Signal(`${name}_velocity`, { value: 1, hinted: false }),
          acceleration: new Signal(`${name}_acceleration`, { value: 1, hinted: false }),
        },
        omitted: {
          ...(options.readsReadback === false ? { readback } : {}),
          unused: new Signal(`${name}_unused`, { value: 1, hinted: false }),
        },
      },
      ...(options.hints === undefined ? {} : { hints: options.hints }),
    },
    {
      egu,
      precision,
      set,
      trigger: finishedStatus,
      stop(): void {
        if (timer !== null) clearTimeout(timer)
        timer = null
        const move = moving
        moving = null
        move?.status.setFinished()
      },
      checkValue(): void {
        // Limits are not checked: any number will do.
      },
      subscribe: (callback: SubscriptionCallback) => readback.subscribe(callback),
      clearSub: (callback: SubscriptionCallback) => readback.clearSub(callback),
    },
  )
  if (options.hasPosition === false) return device
  return Object.defineProperty(device, 'position', { get: () => readback.get(), enumerable: true })
}

function progressOf(
  name: string,
  move: Move,
  axis: { readonly egu: string; readonly eventsPerMove: number },
): Record<string, number | string> {
  const part = move.step / axis.eventsPerMove
  return {
    name,
    current: move.from + move.distance * part,
    initial: move.from,
    target: move.from + move.distance,
    unit: axis.egu,
    fraction: 1 - part,
  }
}
