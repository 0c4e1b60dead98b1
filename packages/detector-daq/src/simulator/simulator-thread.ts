import { startThread } from '../pipeline/worker-thread.ts'
import type { SimulatorOptions } from './simulator.ts'

export interface SimulatorThread {
  readonly images: number
  close(): Promise<void>
}

/** A simulator in its own thread. `onFailure` hears of one that cannot send. */
export function startSimulatorThread(
  options: SimulatorOptions,
  onFailure: (error: Error) => void,
): SimulatorThread {
  const images = new SharedArrayBuffer(4)
  const count = new Int32Array(images)
  const thread = startThread(new URL('./simulator-worker.ts', import.meta.url), {
    data: { options, images },
    onMessage: () => undefined,
    onFailure,
  })
  return {
    get images() {
      return Atomics.load(count, 0)
    },
    close: async () => {
      thread.post('stop')
      await thread.ended
    },
  }
}
