import { runWorkerHost } from '@beamtime/worker-host'

/** Runs until the manager closes it or its supervisor is gone. */
export async function workerHost(options: {
  readonly socket: string
  readonly spec: string
}): Promise<number> {
  await runWorkerHost(['--socket', options.socket, '--spec', options.spec])
  return 0
}
