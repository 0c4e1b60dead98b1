import type { Manager } from './manager.ts'

/** Work that is too long for one turn. */
export interface Job {
  /** Does one small part; false when there is nothing left. */
  workOn(): boolean
  finish(): void
}

/** One turn of long work; another client waits at most this long for it. */
const sliceMs = 8
/** Work that leaves time for the end of a job in the same turn. */
const shortMs = 2
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
    const startMs = this.#m.ports.monotonicMs()
    const until = startMs + sliceMs
    let more = true
    while (more && this.#m.ports.monotonicMs() < until) {
      for (let part = 0; part < partsPerLook && more; part += 1) more = job.workOn()
    }
    // The end is the longest part (a transaction, a large answer): after much other work it has a turn of its own.
    if (!more && this.#m.ports.monotonicMs() - startMs < shortMs) {
      this.#jobs.shift()
      job.finish()
    }
    if (this.#jobs.length > 0) this.#m.act({ kind: 'continue' })
  }
}
