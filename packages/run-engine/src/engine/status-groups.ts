import type { StatusLike } from '../devices/status.ts'
import { RunEngineError } from '../error.ts'

export interface WaitOptions {
  readonly timeoutS: number | null
  readonly errorOnTimeout: boolean
  /** Other groups whose failure ends the wait early. */
  readonly watch: readonly unknown[]
}

interface Waiter {
  readonly check: () => void
  readonly end: () => void
}

/** The statuses of a call by group. A group can be waited for once. */
export class StatusGroups {
  readonly #groups = new Map<unknown, Set<StatusLike>>()
  readonly #waiters = new Set<Waiter>()
  readonly #announced = new Set<unknown>()
  readonly #waitingHook: (statuses: ReadonlySet<StatusLike> | null) => void

  constructor(waitingHook: (statuses: ReadonlySet<StatusLike> | null) => void) {
    this.#waitingHook = waitingHook
  }

  add(group: unknown, status: StatusLike): void {
    let statuses = this.#groups.get(group)
    if (statuses === undefined) {
      statuses = new Set()
      this.#groups.set(group, statuses)
    }
    statuses.add(status)
  }

  /** Those who wait look again. A success needs no place any more: a group that nobody waits for stays small. */
  finished(group: unknown, status: StatusLike): void {
    if (status.success) this.#groups.get(group)?.delete(status)
    for (const waiter of this.#waiters) waiter.check()
  }

  /** Nobody waits any more: the engine was interrupted. */
  abandon(): void {
    if (this.#waiters.size === 0) return
    for (const waiter of this.#waiters) waiter.end()
    this.#announced.clear()
    this.#waitingHook(null)
  }

  /** True when the group is done. A synchronous answer when nothing has to be waited for. */
  wait(group: unknown, options: WaitOptions): boolean | Promise<boolean> {
    const statuses = this.#groups.get(group)
    this.#groups.delete(group)
    if (statuses === undefined || statuses.size === 0) return true
    this.#announce(group, statuses, options)
    if (isSettled(statuses)) return this.#finish(group, statuses, options)
    return this.#waitFor(group, statuses, options)
  }

  #announce(group: unknown, statuses: Set<StatusLike>, options: WaitOptions): void {
    if (!options.errorOnTimeout) {
      if (this.#announced.has(group)) return
      this.#announced.add(group)
    }
    this.#waitingHook(statuses)
  }

  #finish(group: unknown, statuses: ReadonlySet<StatusLike>, options: WaitOptions): boolean {
    const done = options.errorOnTimeout || allDone(statuses)
    if (done) {
      this.#announced.delete(group)
      this.#waitingHook(null)
    }
    return done
  }

  #waitFor(group: unknown, statuses: Set<StatusLike>, options: WaitOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | null = null
      const end = (): void => {
        this.#waiters.delete(waiter)
        if (timer !== null) clearTimeout(timer)
      }
      const waiter: Waiter = {
        end,
        check: () => {
          if (!isSettled(statuses) && !this.#watchedFailure(options.watch)) return
          end()
          resolve(this.#finish(group, statuses, options))
        },
      }
      this.#waiters.add(waiter)
      if (options.timeoutS !== null) {
        timer = setTimeout(() => {
          end()
          this.#groups.set(group, statuses)
          const done = this.#finish(group, statuses, options)
          if (options.errorOnTimeout) reject(waitTimeout(group, options.timeoutS ?? 0))
          else resolve(done)
        }, options.timeoutS * 1000)
      }
    })
  }

  #watchedFailure(watch: readonly unknown[]): boolean {
    return watch.some((group) => {
      for (const status of this.#groups.get(group) ?? []) if (status.done && !status.success) return true
      return false
    })
  }
}

function allDone(statuses: ReadonlySet<StatusLike>): boolean {
  for (const status of statuses) if (!status.done) return false
  return true
}

/** All done, or one of them failed. */
function isSettled(statuses: ReadonlySet<StatusLike>): boolean {
  let done = true
  for (const status of statuses) {
    if (!status.done) done = false
    else if (!status.success) return true
  }
  return done
}

export function waitTimeout(what: unknown, timeoutS: number): RunEngineError {
  return new RunEngineError({
    code: 'RUN_WAIT_TIMEOUT',
    text: `waiting for ${String(what)} took longer than ${timeoutS} s`,
    fault: 'environment',
    remedy: 'See which device is slow, or allow more time.',
    canRetry: true,
  })
}
