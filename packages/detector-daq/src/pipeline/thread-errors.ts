import { DaqError } from '../error.ts'

/** A receiver that cannot bind. */
export function portFailed(
  detector: string,
  host: string,
  failure: { readonly port: number; readonly code: string; readonly message: string },
): DaqError {
  const isTaken = failure.code === 'EADDRINUSE'
  return new DaqError({
    code: 'DAQ_PORT_TAKEN',
    message: `UDP ${host}:${failure.port} ${isTaken ? 'is in use' : `cannot be bound: ${failure.message}`}`,
    fault: 'environment',
    remedy: `Change start_udp_port or udp_host of daq.${detector}, or stop the program that uses the port.`,
    key: 'start_udp_port',
  })
}

/** A thread that died or did not start. */
export function workerFailed(what: string, cause: Error): DaqError {
  return new DaqError({
    code: 'DAQ_WORKER_FAILED',
    message: `the ${what} thread failed: ${cause.message}`,
    fault: 'environment',
    remedy: 'See the log; the detector can be started again.',
    canRetry: true,
    cause,
  })
}
