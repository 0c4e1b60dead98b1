import type { Logger } from '@beamtime/service-kit'
import { startupRoot } from '../startup/startup-loader.ts'
import type { WorkerSpec } from '../worker-spec.ts'
import type { WorkerVoice } from './log-line.ts'

/** Environment and working directory of user code. Returns the directory. */
export function prepareProcess(
  spec: Pick<WorkerSpec, 'env' | 'cwd' | 'startup' | 'worker'>,
  say: WorkerVoice,
): string {
  Object.assign(process.env, spec.env, {
    _QSERVER_RE_WORKER_ACTIVE: '1',
    _QSERVER_RUNNING_IPYTHON_KERNEL: '0',
  })
  const cwd = spec.cwd === '' ? rootOf(spec) : spec.cwd
  try {
    if (cwd !== null) process.chdir(cwd)
  } catch (error) {
    say('W', `The working directory ${cwd} can not be entered: ${String(error)}`)
  }
  return process.cwd()
}

function rootOf({ worker, startup }: Pick<WorkerSpec, 'startup' | 'worker'>): string | null {
  // The demo and modules of Python are not ours to find.
  const elsewhere = startup.kind === 'module' || (startup.kind === 'demo' && startup.path === undefined)
  return worker === 'python' && elsewhere ? null : startupRoot(startup)
}

/** A timer or promise of user code that fails must not end the process that holds the run. */
export function keepRunningOnUserErrors(log: Logger): void {
  const report = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error('user-code.uncaught', { error: text.split('\n')[0] })
    process.stderr.write(`Uncaught error, the worker goes on: ${text}\n`)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}
