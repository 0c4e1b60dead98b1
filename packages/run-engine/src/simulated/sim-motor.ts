import type { Location, SubscriptionCallback } from '../devices/protocols.ts'
import { finishedStatus, Status, type StatusLike } from '../devices/status.ts'
import { RunEngineError, messageSequenceError } from '../error.ts'
import { compositeDevice, type CompositeDevice } from './composite-device.ts'
import { moveProfile, type MoveProfile } from './move-profile.ts'
import { checkLimits, Signal } from './signal.ts'

export interface SimMotorOptions {
  /** Jumps instead of moving. Default false when a velocity is given, else true. */
  readonly instant?: boolean
  /** Units per second. Default 1; 0 jumps. */
  readonly velocity?: number
  /** Seconds to full velocity. Default 0.5. */
  readonly accelerationTimeS?: number
  /** Default 0. */
  readonly initialValue?: number
  /** Default 'mm'. */
  readonly units?: string
  /** Digits after the point. Default 3. */
  readonly precision?: number
  /** [low, high]; a target outside is refused with DEVICE_LIMITS. */
  readonly limits?: readonly [number, number]
  /** The error of the next moves, for trying things out; null: none. */
  readonly fault?: () => string | null
}

/** What `prepare` takes: a flight from start to end at even speed. */
export interface FlyMotorInfo {
  readonly start: number
  readonly end: number
  /** Seconds. */
  readonly time: number
}

/** A simulated motor that takes its time: trapezoidal speed, readback at 10 Hz, progress, limits, stop. */
export type SimMotor = CompositeDevice & {
  readonly egu: string
  readonly units: string
  readonly precision: number
  readonly limits?: readonly [number, number]
  readonly position: number
  set(target: number): StatusLike
  locate(): Location
  stop(success?: boolean): void
  prepare(value: unknown): StatusLike
  kickoff(): StatusLike
  complete(): StatusLike
  checkValue(value: unknown): void
  subscribe(callback: SubscriptionCallback): void
  clearSub(callback: SubscriptionCallback): void
}

interface Motion {
  readonly profile: MoveProfile
  readonly startedMs: number
  readonly status: Status
  readonly timer: NodeJS.Timeout
}

const updateMs = 100

/** Makes a simulated motor. */
export function simMotor(name: string, options: SimMotorOptions = {}): SimMotor {
  const { units = 'mm', precision = 3, limits, accelerationTimeS = 0.5 } = options
  const instant = options.instant ?? options.velocity === undefined
  const number = { dtype: 'number' } as const
  const readback = new Signal(name, {
    value: options.initialValue ?? 0,
    precision,
    units,
    readOnly: true,
    dataKey:
      limits === undefined ? number : { ...number, limits: { control: { low: limits[0], high: limits[1] } } },
  })
  const velocity = new Signal(`${name}-velocity`, {
    value: instant ? 0 : (options.velocity ?? 1),
    hinted: false,
    units: `${units}/s`,
    dataKey: number,
  })
  const acceleration = new Signal(`${name}-acceleration_time`, {
    value: accelerationTimeS,
    hinted: false,
    units: 's',
    dataKey: number,
  })
  let setpoint = Number(readback.get())
  let motion: Motion | null = null
  let flight: { readonly info: FlyMotorInfo; status: StatusLike | null } | null = null

  const follow = (): void => {
    if (motion === null) return
    const { profile, startedMs, status } = motion
    const elapsedS = (performance.now() - startedMs) / 1000
    if (elapsedS >= profile.durationS) {
      endMotion()
      readback.put(profile.target)
      status.setFinished()
      return
    }
    const current = profile.positionAt(elapsedS)
    readback.put(current)
    status.progress({
      name,
      current,
      initial: profile.start,
      target: profile.target,
      unit: units,
      precision,
      time_elapsed: elapsedS,
      time_remaining: profile.durationS - elapsedS,
      fraction: Math.abs((profile.target - current) / (profile.target - profile.start)),
    })
  }
  const endMotion = (): void => {
    if (motion !== null) clearInterval(motion.timer)
    motion = null
  }
  const moveTo = (target: number, speed: number): Status => {
    stop(true)
    setpoint = target
    const status = new Status({ name })
    const profile = moveProfile({
      start: Number(readback.get()),
      target,
      velocity: speed,
      accelerationTimeS: Number(acceleration.get()),
    })
    if (profile.durationS === 0) {
      readback.put(target)
      status.setFinished()
      return status
    }
    const timer = setInterval(follow, updateMs)
    motion = { profile, startedMs: performance.now(), status, timer }
    setTimeout(() => {
      if (motion?.status === status) follow()
    }, profile.durationS * 1000)
    follow()
    return status
  }
  const stop = (success = true): void => {
    if (motion === null) return
    const { status, startedMs, profile } = motion
    const current = profile.positionAt((performance.now() - startedMs) / 1000)
    endMotion()
    readback.put(current)
    setpoint = current
    if (success) status.setFinished()
    else status.setException(stoppedError(name, current))
  }

  return compositeDevice(
    {
      name,
      className: 'SimMotor',
      parts: { hinted: { readback }, config: { velocity, acceleration_time: acceleration } },
    },
    {
      egu: units,
      units,
      precision,
      ...(limits === undefined ? {} : { limits }),
      get position() {
        return Number(readback.get())
      },
      set(target: number): StatusLike {
        if (limits !== undefined) checkLimits(name, target, limits)
        const fault = options.fault?.() ?? null
        if (fault !== null) return failLater(name, fault)
        return moveTo(target, Number(velocity.get()))
      },
      locate: (): Location => ({ setpoint, readback: readback.get() }),
      stop,
      prepare(value: unknown): StatusLike {
        const info = flyInfo(name, value)
        flight = { info, status: null }
        const speed = (info.end - info.start) / info.time
        const runUp = (speed * Number(acceleration.get())) / 2
        return moveTo(info.start - runUp, Number(velocity.get()))
      },
      kickoff(): StatusLike {
        if (flight === null) throw messageSequenceError(`${name} must be prepared before it is kicked off`)
        const { info } = flight
        const speed = (info.end - info.start) / info.time
        const runOut = (speed * Number(acceleration.get())) / 2
        flight.status = moveTo(info.end + runOut, Math.abs(speed))
        return finishedStatus()
      },
      complete(): StatusLike {
        if (flight?.status === null || flight === null)
          throw messageSequenceError(`${name} was not kicked off`)
        return flight.status
      },
      checkValue(value: unknown): void {
        if (limits !== undefined) checkLimits(name, value, limits)
      },
      subscribe: (callback: SubscriptionCallback) => readback.subscribe(callback),
      clearSub: (callback: SubscriptionCallback) => readback.clearSub(callback),
    },
  )
}

function flyInfo(name: string, value: unknown): FlyMotorInfo {
  const { start, end, time } = Object(value) as Partial<FlyMotorInfo>
  if (typeof start !== 'number' || typeof end !== 'number' || typeof time !== 'number' || !(time > 0)) {
    throw new RunEngineError({
      code: 'RUN_BAD_MESSAGE',
      text: `${name} needs start, end and a time above 0 to prepare for`,
      fault: 'caller',
      remedy: 'Prepare with { start, end, time }.',
    })
  }
  return { start, end, time }
}

function failLater(name: string, fault: string): StatusLike {
  const status = new Status({ name })
  setTimeout(() => {
    status.setException(
      new RunEngineError({
        code: 'DEVICE_FAULT',
        text: fault,
        fault: 'environment',
        remedy: 'Look at the device, then try again.',
        canRetry: true,
      }),
    )
  }, 200)
  return status
}

function stoppedError(name: string, where: number): RunEngineError {
  return new RunEngineError({
    code: 'DEVICE_STOPPED',
    text: `${name} was stopped at ${where}`,
    fault: 'environment',
    remedy: 'Move it again when it is safe.',
    canRetry: true,
  })
}
