import type { Manager } from './manager.ts'

/** Work that is too long for one turn. */
export interface Job {
  /** Does one small part; false when there is nothing left. */
  workOn(): boolean
  finish(): void
}

/** One turn of long work; another client waits at most this long for it. */
const sliceMs = 8
/** The clock is looked at after this many parts. */
const partsPerLook = 16

/** Runs jobs in slices, the oldest first; each ends before the next begins. */
export class JobRunner {
  readonly #jobs: Job[] = []
  readonly #m: Manager

  constructor(m: Manager) {
    this.#m = m
  }

  start(job: Job): void {
    this.#jobs.push(job)
    if (this.#jobs.length === 1) this.proceed()
  }

  proceed(): void {
    const [job] = this.#jobs
    if (job === undefined) return
    const until = this.#m.ports.monotonicMs() + sliceMs
    let more = true
    while (more && this.#m.ports.monotonicMs() < until) {
      for (let part = 0; part < partsPerLook && more; part += 1) more = job.workOn()
    }
    if (!more) {
      this.#jobs.shift()
      job.finish()
    }
    if (this.#jobs.length > 0) this.#m.act({ kind: 'continue' })
  }
}
