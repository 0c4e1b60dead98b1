import { Worker, type MessagePort, type TransferListItem } from 'node:worker_threads'

/** A thread of the pipeline. */
export interface WorkerThread {
  post(message: unknown): void
  /** Resolves when the thread has ended. */
  readonly ended: Promise<void>
  terminate(): Promise<void>
}

/** Starts a thread and hands its messages on. `onFailure` hears of a thread that dies by itself. */
export function startThread<Message>(
  file: URL,
  options: {
    readonly data: object
    readonly transfer?: readonly MessagePort[]
    readonly onMessage: (message: Message) => void
    readonly onFailure: (error: Error) => void
  },
): WorkerThread {
  const transferList: TransferListItem[] = [...(options.transfer ?? [])]
  const worker = new Worker(file, { workerData: options.data, transferList })
  worker.on('message', options.onMessage)
  worker.on('error', (error) => options.onFailure(error instanceof Error ? error : new Error(String(error))))
  const ended = new Promise<void>((resolve) => void worker.once('exit', () => resolve()))
  return {
    post: (message) => worker.postMessage(message),
    ended,
    terminate: async () => void (await worker.terminate()),
  }
}
