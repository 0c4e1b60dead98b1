import { WorkerHostError } from '../error.ts'

/** A refusal that the manager passes on in these words. */
export function rejected(reason: string): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_REJECTED',
    message: reason,
    fault: 'caller',
    remedy: 'Look at the state of the worker, then send the request again.',
  })
}
