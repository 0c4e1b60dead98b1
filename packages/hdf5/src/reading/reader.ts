import { realpathSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { Hdf5Error } from '../error.ts'
import { isBelow } from './confine.ts'
import type { Entity, Statistics, Values } from './entity.ts'
import type { ReaderAnswer, ReaderCalls, ReaderData } from './reader-data.ts'
import type { ArraySelection } from './selection.ts'

export interface ReaderOptions {
  /**
   * Folders below which files may be opened, those included that a file refers to (external links, virtual datasets, raw data).
   * Absent = anywhere.
   */
  readonly roots?: readonly string[]
  /** Largest answer in bytes. Default 67 108 864. */
  readonly maxBytes?: number
  /** Files kept open between requests. Default 16. */
  readonly maxOpenFiles?: number
  /** A request that takes longer ends with HDF5_READER_STOPPED. Default 30 000. */
  readonly timeoutMs?: number
  /** Requests that may wait; more are refused with HDF5_READER_STOPPED. Default 256. */
  readonly maxWaiting?: number
}

/** Reads HDF5 files, growing ones included. Everything rejects with Hdf5Error. */
export interface Hdf5Reader {
  /** What lies at a path: HDF5_FILE_UNREADABLE, HDF5_OUTSIDE_ROOTS, HDF5_PATH_UNKNOWN. */
  entity(file: string, path: string): Promise<Entity>
  /** Values of attributes by name, all without `names`. */
  attributes(file: string, path: string, names?: readonly string[]): Promise<Readonly<Record<string, Values>>>
  /** Elements of a dataset. HDF5_SELECTION_WRONG, HDF5_TOO_LARGE, HDF5_TYPE_UNSUPPORTED, HDF5_READ_FAILED. */
  read(file: string, path: string, selection?: ArraySelection): Promise<Values>
  /** All paths of a file, `/` first. */
  paths(file: string): Promise<readonly string[]>
  /** Of the finite numbers of a selection of any size. */
  statistics(file: string, path: string, selection?: ArraySelection): Promise<Statistics>
  /** May be called twice. */
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Hdf5Error) => void
  readonly timer: NodeJS.Timeout
}

/** Starts a reader; its thread starts with the first request and again when a file brought it down. */
export function createHdf5Reader(options: ReaderOptions = {}): Hdf5Reader {
  const { maxBytes = 67_108_864, maxOpenFiles = 16, timeoutMs = 30_000, maxWaiting = 256 } = options
  const roots = options.roots?.map((root) => realRoot(root))
  const waiting = new Map<number, Waiting>()
  let thread: Worker | undefined
  let numbers = 0
  let isClosed = false

  function endAll(reason: string): void {
    const all = [...waiting.values()]
    waiting.clear()
    for (const { reject, timer } of all) {
      clearTimeout(timer)
      reject(stopped(reason))
    }
  }

  function start(): Worker {
    const workerData: ReaderData = { maxBytes, maxOpenFiles, roots }
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), {
      workerData,
      // The library says on the console what it also throws.
      stdout: true,
      stderr: true,
    })
    worker.unref()
    worker.on('message', (answer: ReaderAnswer) => {
      const request = waiting.get(answer.number)
      if (request === undefined) return
      waiting.delete(answer.number)
      clearTimeout(request.timer)
      if (answer.ok) request.resolve(answer.value as never)
      else request.reject(new Hdf5Error(answer.fault))
      if (waiting.size === 0) worker.unref()
    })
    const ended = (reason: string): void => {
      if (thread !== worker) return
      thread = undefined
      endAll(reason)
    }
    worker.on('error', (error) => ended(error instanceof Error ? error.message : String(error)))
    worker.on('exit', () => ended('the reading thread ended'))
    return worker
  }

  function expire(worker: Worker): void {
    if (thread === worker) thread = undefined
    endAll(`a request took longer than ${timeoutMs} ms`)
    void worker.terminate()
  }

  async function call<Call extends keyof ReaderCalls>(
    name: Call,
    file: string,
    ask: ReaderCalls[Call]['ask'],
  ): Promise<ReaderCalls[Call]['answer']> {
    await checkPlace(file, roots)
    if (isClosed) throw stopped('the reader is closed')
    if (waiting.size >= maxWaiting) throw stopped(`${waiting.size} requests wait already`)
    thread ??= start()
    const worker = thread
    worker.ref()
    numbers += 1
    const number = numbers
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => expire(worker), timeoutMs)
      waiting.set(number, { resolve, reject, timer })
      worker.postMessage({ ...ask, call: name, number, file })
    })
  }

  return {
    entity: (file, path) => call('entity', file, { path: normal(path) }),
    attributes: (file, path, names) =>
      call('attributes', file, { path: normal(path), ...(names === undefined ? {} : { names }) }),
    read: (file, path, selection) =>
      call('read', file, { path: normal(path), ...(selection === undefined ? {} : { selection }) }),
    paths: (file) => call('paths', file, {}),
    statistics: (file, path, selection) =>
      call('statistics', file, { path: normal(path), ...(selection === undefined ? {} : { selection }) }),
    close: async () => {
      isClosed = true
      const worker = thread
      thread = undefined
      endAll('the reader is closed')
      await worker?.terminate()
    },
  }
}

function realRoot(root: string): string {
  try {
    return realpathSync(root)
  } catch {
    return root // made later, or never: nothing lies below it
  }
}

async function checkPlace(file: string, roots: readonly string[] | undefined): Promise<void> {
  if (roots === undefined) return
  const real = await realpath(file).catch(() => undefined)
  if (real !== undefined && isBelow(real, roots)) return
  const isInside = real === undefined && isBelow(file, roots)
  throw new Hdf5Error({
    code: isInside ? 'HDF5_FILE_UNREADABLE' : 'HDF5_OUTSIDE_ROOTS',
    message: isInside ? `${file} is not there` : `${file} is not in a folder that is open to readers`,
    fault: 'caller',
    remedy: 'Choose a file below one of the folders.',
  })
}

/** `/a/b` of `a//b/`. */
function normal(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`
}

function stopped(reason: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_READER_STOPPED',
    message: reason,
    fault: 'environment',
    remedy: 'Ask again, for less at once.',
    canRetry: true,
  })
}
