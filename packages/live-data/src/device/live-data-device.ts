import type { BusOptions } from '@beamtime/bus'
import { Status, type DataKeys, type Readings, type StatusLike } from '@beamtime/run-engine'
import { silentLogger } from '@beamtime/service-kit'
import { LiveDataError } from '../error.ts'
import type { LiveOutput, LiveParameters } from '../ui-types.ts'
import { openLiveView, type LiveView } from '../view/open-live-view.ts'
import { cumulativeTwin, Exposure, type Exposed } from './exposure.ts'

/** What the device reads; all of it can be changed with `configure`. */
export interface LiveDataDeviceConfig {
  readonly instrument: string
  /** Name of the workflow, such as `panel_0_xy`. */
  readonly workflow: string
  readonly source: string
  readonly output: string
  /** How an array becomes a number; `array` leaves it. Default sum. */
  readonly reduce?: 'sum' | 'mean' | 'max' | 'array'
  /** Default 1. */
  readonly exposure_s?: number
  /** Default exposure_s + 10. */
  readonly timeout_s?: number
}

export interface LiveDataDeviceOptions extends LiveDataDeviceConfig {
  /** The broker of results and commands. */
  readonly bus: BusOptions
  /** With which `stage` starts the workflow when nobody has. Default: its own defaults. */
  readonly parameters?: LiveParameters
}

/** A live-data output as a detector of a plan. */
export interface LiveDataDevice {
  readonly name: string
  readonly className: string
  readonly hints: { readonly fields: readonly string[] }
  read(): Readings
  describe(): DataKeys
  readConfiguration(): Readings
  describeConfiguration(): DataKeys
  configure(
    change: Partial<LiveDataDeviceConfig>,
  ): readonly [old: LiveDataDeviceConfig, now: LiveDataDeviceConfig]
  stage(): StatusLike
  trigger(): StatusLike
  unstage(): StatusLike
  stop(): void
}

const silentMs = 60_000
const lookEveryMs = 500
const settleMs = 3_000

/** Statuses fail with LIVEDATA_REFUSED, _NOT_ACKNOWLEDGED, _JOB_FAILED, _JOB_SILENT, _JOB_RESET or _TIMEOUT. */
export function createLiveDataDevice(name: string, options: LiveDataDeviceOptions): LiveDataDevice {
  const { bus, parameters = {}, ...first } = options
  let config: Required<LiveDataDeviceConfig> = complete(first)
  let view: LiveView | null = null
  let hasStarted = false
  let isFresh = false
  let jobNumber = ''
  let last: Exposed | null = null
  let running: { readonly abort: (error: Error) => void } | null = null

  const workflowId = (): string => `${config.instrument}/${config.workflow}/1`
  const status = (work: () => Promise<void>): StatusLike => {
    const done = new Status({ name })
    work().then(
      () => done.setFinished(),
      (error: unknown) => done.setException(error instanceof Error ? error : new Error(String(error))),
    )
    return done
  }
  const opened = (): LiveView =>
    (view ??= openLiveView({ instrument: config.instrument, downstream: bus, log: silentLogger }))

  async function stage(): Promise<void> {
    const live = opened()
    const isRunning = await within(settleMs, live, () => jobOf(live) !== null)
    if (isRunning) {
      jobNumber = jobOf(live)?.jobNumber ?? ''
      return
    }
    const result = await live.command({
      kind: 'start',
      workflow: workflowId(),
      sources: [{ source: config.source, parameters }],
    })
    const refused = result?.answers.find(({ ok }) => !ok)
    if (result === null || result.isTimedOut || refused !== undefined)
      throw failed(
        refused === undefined ? 'LIVEDATA_NOT_ACKNOWLEDGED' : 'LIVEDATA_REFUSED',
        refused?.message ?? `no service started ${workflowId()} on ${config.source}`,
      )
    hasStarted = true
    isFresh = true
    jobNumber = result.jobNumber ?? ''
  }

  function jobOf(live: LiveView) {
    const jobs = live
      .state()
      .jobs.filter(({ workflow, source }) => workflow === workflowId() && source === config.source)
    return jobs.find(({ state, isStale }) => state !== 'stopped' && !isStale) ?? null
  }

  function expose(): Promise<void> {
    const live = opened()
    const { outputs = [] } = live.state().workflows.find(({ id }) => id === workflowId()) ?? {}
    const twin = cumulativeTwin(
      config.output,
      outputs.map((output) => output.name),
    )
    const key = `${workflowId()}/${config.source}/${twin ?? config.output}`
    const exposure = new Exposure({
      fromMs: Date.now(),
      exposureMs: config.exposure_s * 1_000,
      isCumulative: twin !== null,
      known: live.output(key),
      isFresh,
    })
    return new Promise<void>((resolve, reject) => {
      const end = (then: () => void): void => {
        clearTimeout(timeout)
        clearInterval(watch)
        unsubscribe()
        running = null
        then()
      }
      const abort = (error: Error): void => end(() => reject(error))
      const timeout = setTimeout(
        () => abort(failed('LIVEDATA_TIMEOUT', `${key} gave nothing for ${config.timeout_s} s`)),
        config.timeout_s * 1_000,
      )
      const watch = setInterval(() => {
        const problem = problemOf(live)
        if (problem !== null) abort(problem)
      }, lookEveryMs)
      const take = (output: LiveOutput): void => {
        try {
          const exposed = exposure.take(output)
          if (exposed === null) return
          last = exposed
          isFresh = false
          end(resolve)
        } catch (error) {
          abort(error instanceof Error ? error : new Error(String(error)))
        }
      }
      running = { abort }
      let unsubscribe = (): void => undefined
      unsubscribe = live.onOutput(key, take)
    })
  }

  function problemOf(live: LiveView): LiveDataError | null {
    const job = live
      .state()
      .jobs.find((each) => each.source === config.source && each.jobNumber === jobNumber)
    if (job === undefined) return null
    if (job.state === 'error') return failed('LIVEDATA_JOB_FAILED', `${job.id}: ${job.error ?? 'error'}`)
    if (Date.now() - job.seenAt > silentMs)
      return failed('LIVEDATA_JOB_SILENT', `nothing was heard of ${job.id} for 60 s`)
    return null
  }

  async function unstage(): Promise<void> {
    const live = view
    view = null
    if (live === null) return
    try {
      if (hasStarted) await live.command({ kind: 'stop', workflow: workflowId(), sources: [config.source] })
    } finally {
      hasStarted = false
      await live.close()
    }
  }

  return {
    name,
    className: 'LiveDataDevice',
    hints: { fields: [name] },
    read: () => {
      const timestamp = ((last?.timeMs ?? 0) / 1_000) as Readings[string]['timestamp']
      return {
        [name]: { value: valueOf(last, config.reduce), timestamp },
        [`${name}_time`]: { value: (last?.coveredMs ?? 0) / 1_000, timestamp },
      }
    },
    describe: () => {
      const isArray = config.reduce === 'array'
      const source = `livedata:${config.instrument}/${config.workflow}/${config.source}/${config.output}`
      const units = last?.unit ?? 'counts'
      return {
        [name]: {
          source,
          dtype: isArray ? 'array' : 'number',
          shape: isArray ? [...(last?.shape ?? [])] : [],
          units,
        },
        [`${name}_time`]: { source, dtype: 'number', shape: [], units: 's' },
      }
    },
    readConfiguration: () => {
      const timestamp = (Date.now() / 1_000) as Readings[string]['timestamp']
      const all = { ...config, job_number: jobNumber }
      return Object.fromEntries(
        Object.entries(all).map(([key, value]) => [`${name}_${key}`, { value, timestamp }]),
      )
    },
    describeConfiguration: () => {
      const all = { ...config, job_number: jobNumber }
      return Object.fromEntries(
        Object.entries(all).map(([key, value]) => [
          `${name}_${key}`,
          {
            source: `livedata:${config.instrument}`,
            dtype: typeof value === 'number' ? 'number' : 'string',
            shape: [],
          },
        ]),
      )
    },
    configure(change) {
      const old = config
      const next = {
        ...old,
        ...(change.exposure_s !== undefined && change.timeout_s === undefined
          ? { timeout_s: change.exposure_s + 10 }
          : {}),
        ...change,
      }
      config = complete(next)
      last = null
      return [old, config]
    },
    stage: () => status(stage),
    trigger: () => status(expose),
    unstage: () => status(unstage),
    stop: () => running?.abort(failed('LIVEDATA_TIMEOUT', 'the exposure was stopped')),
  }
}

function complete(config: LiveDataDeviceConfig): Required<LiveDataDeviceConfig> {
  const { reduce = 'sum', exposure_s = 1, timeout_s = exposure_s + 10, ...rest } = config
  if (!(exposure_s > 0) || !(timeout_s > exposure_s))
    throw failed('LIVEDATA_REFUSED', `exposure_s ${exposure_s} and timeout_s ${timeout_s} cannot be`)
  return { ...rest, reduce, exposure_s, timeout_s }
}

function valueOf(
  exposed: Exposed | null,
  reduce: LiveDataDeviceConfig['reduce'],
): number | readonly number[] | Float64Array {
  const values = exposed?.values ?? new Float64Array(0)
  switch (reduce) {
    case 'array':
      return values
    case 'max':
      return values.reduce((most, value) => Math.max(most, value), -Infinity)
    case 'mean':
      return values.reduce((sum, value) => sum + value, 0) / values.length
    case 'sum':
    case undefined:
      return values.reduce((sum, value) => sum + value, 0)
  }
}

const remedies = {
  LIVEDATA_REFUSED: 'correct the configuration of the device',
  LIVEDATA_NOT_ACKNOWLEDGED: 'start the live-data service of the instrument',
  LIVEDATA_JOB_FAILED: 'see the job in the live-data page',
  LIVEDATA_JOB_SILENT: 'start the live-data service of the instrument',
  LIVEDATA_TIMEOUT: 'check that raw data arrive',
} as const

function failed(code: keyof typeof remedies, message: string): LiveDataError {
  return new LiveDataError({ code, message, fault: 'environment', remedy: remedies[code] })
}

/** True as soon as the predicate holds, false after the time. */
function within(ms: number, view: LiveView, predicate: () => boolean): Promise<boolean> {
  if (predicate()) return Promise.resolve(true)
  return new Promise((resolve) => {
    const end = (result: boolean): void => {
      clearTimeout(timer)
      unsubscribe()
      resolve(result)
    }
    const timer = setTimeout(() => end(predicate()), ms)
    const unsubscribe = view.onState(() => {
      if (predicate()) end(true)
    })
  })
}
