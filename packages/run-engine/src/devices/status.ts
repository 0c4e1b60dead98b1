import { RunEngineError, errorText } from '../error.ts'

/** What a `watch` callback hears while a status is under way; any field may be missing. */
export interface ProgressUpdate {
  readonly name?: string
  readonly current?: number
  readonly initial?: number
  readonly target?: number
  readonly unit?: string
  /** Digits after the point. */
  readonly precision?: number
  /** Seconds. */
  readonly time_elapsed?: number
  /** Seconds. */
  readonly time_remaining?: number
  /** The part that remains: 1 at the start, 0 at the end. */
  readonly fraction?: number
}

/** The outcome, now or later, of something that was set in motion. */
export interface StatusLike {
  readonly done: boolean
  /** False until done. */
  readonly success: boolean
  /** The error of a failed status, null otherwise. */
  exception(): Error | null
  /** Called exactly once, at once if already done. */
  addCallback(callback: (status: StatusLike) => void): void
  watch?(callback: (update: ProgressUpdate) => void): void
}

/** True for anything that behaves as a status. */
export function isStatus(value: unknown): value is StatusLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'done' in value &&
    'success' in value &&
    'addCallback' in value &&
    typeof value.addCallback === 'function'
  )
}

export interface StatusOptions {
  /** Whose status it is; shown in texts. */
  readonly name?: string
  /** Fails with STATUS_TIMEOUT after this many seconds (plus the settling time). Default: never. */
  readonly timeoutS?: number | null
  /** Seconds that are added after success. Default 0. */
  readonly settleTimeS?: number
}

/** A status that its device finishes. Must be finished exactly once. */
export class Status implements StatusLike {
  readonly #name: string
  readonly #settleTimeMs: number
  #done = false
  #finishing = false
  #error: Error | null = null
  #callbacks: ((status: StatusLike) => void)[] = []
  #watchers: ((update: ProgressUpdate) => void)[] = []
  #lastUpdate: ProgressUpdate | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(options: StatusOptions = {}) {
    this.#name = options.name ?? ''
    this.#settleTimeMs = (options.settleTimeS ?? 0) * 1000
    const timeoutS = options.timeoutS ?? null
    if (timeoutS !== null) {
      this.#timer = setTimeout(() => this.#timeout(timeoutS), timeoutS * 1000 + this.#settleTimeMs)
    }
  }

  get done(): boolean {
    return this.#done
  }

  get success(): boolean {
    return this.#done && this.#error === null
  }

  exception(): Error | null {
    return this.#error
  }

  addCallback(callback: (status: StatusLike) => void): void {
    if (this.#done) callback(this)
    else this.#callbacks.push(callback)
  }

  /** Hears of progress until the status is done; at once of the last progress known. */
  watch(callback: (update: ProgressUpdate) => void): void {
    if (this.#lastUpdate !== null) callback(this.#lastUpdate)
    if (!this.#done) this.#watchers.push(callback)
  }

  /** Tells the watchers; ignored once done. */
  progress(update: ProgressUpdate): void {
    if (this.#done) return
    this.#lastUpdate = update
    for (const watcher of this.#watchers) watcher(update)
  }

  /** Success, after the settling time. Throws STATUS_ALREADY_DONE the second time. */
  setFinished(): void {
    this.#claim()
    if (this.#settleTimeMs === 0) this.#settle(null)
    else setTimeout(() => this.#settle(null), this.#settleTimeMs)
  }

  /** Failure. Throws STATUS_ALREADY_DONE the second time. */
  setException(error: Error): void {
    this.#claim()
    this.#settle(error)
  }

  toString(): string {
    const who = this.#name === '' ? 'Status' : `Status of ${this.#name}`
    if (!this.#done) return `${who}: not done`
    return this.#error === null ? `${who}: done` : `${who} failed: ${errorText(this.#error)}`
  }

  #claim(): void {
    if (this.#finishing) {
      throw new RunEngineError({
        code: 'STATUS_ALREADY_DONE',
        text: `${this.toString()}: it was finished a second time`,
        fault: 'caller',
        remedy: 'Finish a status exactly once.',
      })
    }
    this.#finishing = true
  }

  #timeout(timeoutS: number): void {
    if (this.#done) return
    this.#finishing = true
    this.#settle(
      new RunEngineError({
        code: 'STATUS_TIMEOUT',
        text: `${this.#name === '' ? 'The operation' : this.#name} did not finish within ${timeoutS} s`,
        fault: 'environment',
        remedy: 'See why the device is slow, or allow more time.',
        canRetry: true,
      }),
    )
  }

  #settle(error: Error | null): void {
    if (this.#done) return
    this.#done = true
    this.#error = error
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const callbacks = this.#callbacks
    this.#callbacks = []
    this.#watchers = []
    for (const callback of callbacks) callback(this)
  }
}

/** A status that is done and successful from the start. */
export function finishedStatus(): StatusLike {
  return alreadyFinished
}

const alreadyFinished: StatusLike = Object.freeze({
  done: true,
  success: true,
  exception: () => null,
  addCallback(callback: (status: StatusLike) => void): void {
    callback(alreadyFinished)
  },
  toString: () => 'Status: done',
})

/** A status that follows a promise. */
export function statusOf(promise: Promise<unknown>, options: StatusOptions = {}): Status {
  const status = new Status(options)
  promise.then(
    () => {
      if (!status.done) status.setFinished()
    },
    (error: unknown) => {
      if (!status.done) status.setException(error instanceof Error ? error : new Error(String(error)))
    },
  )
  return status
}

/** Done when all are done, failed as soon as one fails. Python's `a & b`. */
export function allOf(...statuses: readonly StatusLike[]): StatusLike {
  const whole = new Status()
  let waiting = statuses.length
  if (waiting === 0) whole.setFinished()
  for (const status of statuses) {
    status.addCallback((finished) => {
      waiting -= 1
      if (whole.done) return
      const error = finished.exception()
      if (error !== null) whole.setException(error)
      else if (waiting === 0) whole.setFinished()
    })
  }
  return whole
}
