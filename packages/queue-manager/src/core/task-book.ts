import type { TaskResult } from '@beamtime/worker-host/client'

/** Results stay readable at least this long. */
const keepS = 120
/** Beyond this many results the oldest go first, whatever their age. */
const maxResults = 10_000

export interface OpenTask {
  readonly task_uid: string
  /** Unix seconds. */
  readonly time_start: number
  readonly run_in_background: boolean
}

export type TaskStatus =
  | { readonly status: 'running'; readonly result: OpenTask }
  | { readonly status: 'completed'; readonly result: TaskResult }
  | { readonly status: 'not_found'; readonly result: Readonly<Record<string, never>> }

/** Running and recently completed tasks. In memory only: a restarted manager asks the worker for what it still has. */
export class TaskBook {
  readonly #open = new Map<string, OpenTask>()
  readonly #results = new Map<string, { readonly result: TaskResult; readonly knownSinceS: number }>()

  begin(task: OpenTask): void {
    this.#open.set(task.task_uid, task)
  }

  forget(taskUid: string): void {
    this.#open.delete(taskUid)
  }

  forgetRunning(): void {
    this.#open.clear()
  }

  /** The foreground task that runs, if any. */
  get foreground(): OpenTask | null {
    for (const task of this.#open.values()) if (!task.run_in_background) return task
    return null
  }

  complete(result: TaskResult, nowS: number): void {
    this.#open.delete(result.task_uid)
    this.#results.set(result.task_uid, { result, knownSinceS: nowS })
    for (const [uid, { knownSinceS }] of this.#results) {
      if (nowS - knownSinceS <= keepS && this.#results.size <= maxResults) break
      this.#results.delete(uid)
    }
  }

  lookUp(taskUid: string): TaskStatus {
    const open = this.#open.get(taskUid)
    if (open !== undefined) return { status: 'running', result: open }
    const known = this.#results.get(taskUid)
    if (known !== undefined) return { status: 'completed', result: known.result }
    return { status: 'not_found', result: {} }
  }
}
