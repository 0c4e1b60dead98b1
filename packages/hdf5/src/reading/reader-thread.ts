import { parentPort, workerData } from 'node:worker_threads'
import { Hdf5Error } from '../error.ts'
import { confineOpens, silenceConsole } from './confine.ts'
import { Library, pluginFolder } from './library.ts'
import type { ReaderAnswer, ReaderData, ReaderFault, ReaderRequest } from './reader-data.ts'
import { resolveSelection, type ArraySelection } from './selection.ts'
import { parts, StatisticsCollector } from './statistics.ts'

/* The thread of a reader: one request after the other, so that a slow disk or a wicked file holds up nobody else. */

const data = workerData as ReaderData
const library = new Library(data)
silenceConsole()
const partElements = 1_048_576
if (data.roots !== undefined) confineOpens([...data.roots, pluginFolder])

function statistics(file: string, path: string, selection?: ArraySelection): unknown {
  const entity = library.entity(file, path)
  const collector = new StatisticsCollector()
  if (entity.kind === 'dataset' && entity.shape !== null) {
    for (const part of parts(resolveSelection(entity.shape, selection), partElements))
      collector.add(library.read(file, path, part))
  } else collector.add(library.read(file, path, selection))
  return collector.result()
}

function answer(request: ReaderRequest): unknown {
  const { file } = request
  switch (request.call) {
    case 'entity':
      return library.entity(file, request.path)
    case 'attributes':
      return library.attributes(file, request.path, request.names)
    case 'read':
      return library.read(file, request.path, request.selection)
    case 'paths':
      return library.paths(file)
    case 'statistics':
      return statistics(file, request.path, request.selection)
  }
}

function faultOf(error: unknown, request: ReaderRequest): ReaderFault {
  if (error instanceof Hdf5Error) {
    const { code, remedy, fault, canRetry } = error
    return { code, remedy, fault, canRetry, message: error.message.slice(code.length + 2) }
  }
  const why = error instanceof Error ? error.message : String(error)
  return {
    code: 'HDF5_READ_FAILED',
    message: `${request.file}: ${why}`,
    remedy: 'The file may be damaged, written at this moment, or need a filter that is not here.',
    fault: 'environment',
    canRetry: true,
  }
}

/** A file may have been between two states when it was read; the second attempt opens it anew. */
function attempt(request: ReaderRequest): unknown {
  try {
    return answer(request)
  } catch (error) {
    if (error instanceof Hdf5Error || error instanceof WebAssembly.RuntimeError) throw error
    library.close()
    return answer(request)
  }
}

function buffersIn(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || !('data' in value)) return []
  return ArrayBuffer.isView(value.data) && value.data.buffer instanceof ArrayBuffer ? [value.data.buffer] : []
}

parentPort?.on('message', (request: ReaderRequest) => {
  const { number } = request
  const send = (message: ReaderAnswer, transfer: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer)
  try {
    const value = attempt(request)
    send({ number, ok: true, value }, buffersIn(value))
  } catch (error) {
    send({ number, ok: false, fault: faultOf(error, request) })
    // The library's memory is in no defined state any more.
    if (error instanceof WebAssembly.RuntimeError) process.exit(1)
  }
})
