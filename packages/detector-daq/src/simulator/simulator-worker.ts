import { parentPort, workerData } from 'node:worker_threads'
import { startSimulator, type SimulatorOptions } from './simulator.ts'

/* A simulated detector in a thread of its own, so that drawing pictures never holds the service up. */

export interface SimulatorThreadData {
  readonly options: SimulatorOptions
  /** One number: images that were sent. */
  readonly images: SharedArrayBuffer
}

const { options, images } = workerData as SimulatorThreadData
const count = new Int32Array(images)
const simulator = startSimulator(options)
const timer = setInterval(() => Atomics.store(count, 0, simulator.images), 50)
parentPort?.once('message', () => void simulator.close())
await simulator.done.finally(() => {
  clearInterval(timer)
  Atomics.store(count, 0, simulator.images)
  parentPort?.close()
})
