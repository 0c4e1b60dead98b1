import { WorkerHostError } from '../error.ts'
import type { RunningTask, TaskResult } from '../protocol.ts'

export interface TaskToRun {
  readonly taskUid: string
  /** `Execute function` or `Load script`: stands in error texts. */
  readonly title: string
  readonly background: boolean
  readonly run: () => Promise<unknown>
}

/** Tasks that run, and results until they are acknowledged. */
export interface TaskBoard {
  readonly running: readonly RunningTask[]
  readonly foreground: string | null
  readonly background: number
  readonly results: readonly TaskResult[]
  /** Starts the task and returns when it was started, Unix seconds. */
  start(task: TaskToRun): number
  /** The number of results that were forgotten. */
  acknowledge(taskUids: readonly string[]): number
}

const maxResults = 1000

export function createTaskBoard(options: {
  traceback(error: unknown): Promise<string>
  onChange(): void
  onCompleted(result: TaskResult): void
}): TaskBoard {
  const running = new Map<string, RunningTask>()
  const results = new Map<string, TaskResult>()

  async function follow(task: TaskToRun, timeStart: number): Promise<void> {
    const outcome = (
      fields: Pick<TaskResult, 'success' | 'msg' | 'traceback' | 'return_value'>,
    ): TaskResult => ({
      task_uid: task.taskUid,
      ...fields,
      time_start: timeStart,
      time_stop: now(),
    })
    let result: TaskResult
    try {
      const value = jsonValue(await task.run())
      result = outcome({ success: true, msg: '', traceback: '', return_value: value })
    } catch (error) {
      const text = reasonOf(error)
      const traceback = await options.traceback(error)
      const msg = `Error occurred while executing '${task.title}': ${text}`
      result = outcome({ success: false, msg, traceback, return_value: null })
    }
    running.delete(task.taskUid)
    results.set(task.taskUid, result)
    if (results.size > maxResults) results.delete(results.keys().next().value ?? '')
    options.onCompleted(result)
    options.onChange()
  }

  return {
    get running() {
      return [...running.values()]
    },
    get foreground() {
      for (const task of running.values()) if (!task.run_in_background) return task.task_uid
      return null
    },
    get background() {
      return this.running.filter((task) => task.run_in_background).length
    },
    get results() {
      return [...results.values()]
    },
    start(task) {
      const timeStart = now()
      running.set(task.taskUid, {
        task_uid: task.taskUid,
        time_start: timeStart,
        run_in_background: task.background,
      })
      options.onChange()
      // In a turn of its own, so that the answer to the request goes out before user code runs.
      setImmediate(() => void follow(task, timeStart))
      return timeStart
    },
    acknowledge(taskUids) {
      return taskUids.filter((uid) => results.delete(uid)).length
    },
  }
}

/** The value as JSON gives it back. Throws when it cannot be written. */
function jsonValue(value: unknown): unknown {
  if (value === undefined) return null
  try {
    const text = JSON.stringify(value)
    if (text !== undefined) return JSON.parse(text) as unknown
    throw new Error(`a ${typeof value} has no JSON form`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`Task result can not be serialized as JSON: ${why}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof WorkerHostError) return error.reason
  return error instanceof Error ? error.message : String(error)
}

const now = (): number => Date.now() / 1000
