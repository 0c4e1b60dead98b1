import { unixSeconds, unixSecondsNow, type UnixSeconds } from '@beamtime/event-model'
import type {
  DataKeys,
  EventCollectable,
  Flyable,
  Movable,
  PartialEvent,
  Readable,
  Readings,
  Triggerable,
} from '../devices/protocols.ts'
import { finishedStatus, statusOf, type StatusLike } from '../devices/status.ts'
import { badMessage, toError } from '../error.ts'
import { linspace } from '../plans/numbers.ts'

export type SimulatedFlyer = Flyable &
  EventCollectable & {
    readonly className: string
    stop(): void
    readConfiguration(): Readings
    describeConfiguration(): DataKeys
  }

export interface MockFlyerOptions {
  readonly detector: Readable & Triggerable
  readonly motor: Readable & Movable<number>
  readonly start: number
  readonly stop: number
  readonly num: number
}

function done(status: StatusLike): Promise<void> {
  return new Promise((resolve, reject) => {
    status.addCallback((finished) => {
      if (finished.success) resolve()
      else reject(toError(finished.exception()))
    })
  })
}

/** A flyer that is really a step scan: at kickoff it begins to move and measure by itself. */
export function mockFlyer(name: string, options: MockFlyerOptions): SimulatedFlyer {
  let gathered: PartialEvent[] = []
  let job: StatusLike | null = null
  const measure = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    for (const position of linspace(options.start, options.stop, options.num)) {
      await done(options.motor.set(position))
      await done(options.detector.trigger())
      gathered.push(partialEvent([await options.motor.read(), await options.detector.read()]))
    }
  }
  return {
    name,
    className: 'MockFlyer',
    parent: null,
    kickoff() {
      if (job !== null && !job.done) throw badMessage(`${name} is flying already`)
      gathered = []
      job = statusOf(measure(), { name })
      return finishedStatus()
    },
    complete() {
      if (job === null) throw badMessage(`${name} was not kicked off`)
      return job
    },
    async describeCollect() {
      return { [name]: { ...(await options.motor.describe()), ...(await options.detector.describe()) } }
    },
    *collect() {
      yield* gathered.splice(0)
    },
    readConfiguration: () => ({}),
    describeConfiguration: () => ({}),
    stop: () => undefined,
  }
}

function partialEvent(readings: readonly Readings[]): PartialEvent {
  const data: Record<string, unknown> = {}
  const timestamps: Record<string, UnixSeconds> = {}
  for (const reading of readings) {
    for (const [key, { value, timestamp }] of Object.entries(reading)) {
      data[key] = value
      timestamps[key] = timestamp
    }
  }
  return { time: unixSecondsNow(), data, timestamps }
}

/** A flyer that gives 100 empty events. */
export function trivialFlyer(name: string, className = 'TrivialFlyer'): SimulatedFlyer {
  return {
    name,
    className,
    parent: null,
    kickoff: finishedStatus,
    complete: finishedStatus,
    describeCollect: () => ({ stream_name: {} }),
    *collect() {
      for (let i = 0; i < 100; i++) yield { data: {}, timestamps: {}, time: unixSeconds(i) }
    },
    readConfiguration: () => ({}),
    describeConfiguration: () => ({}),
    stop: () => undefined,
  }
}
