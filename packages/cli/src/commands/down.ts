import { setTimeout as delay } from 'node:timers/promises'
import { runtimeDirOf } from '@beamtime/service-kit'
import { loadConfig } from '../config/load-config.ts'
import { CliError } from '../error.ts'
import { notRunning } from '../platform-access.ts'
import { printJson, printLine } from '../print.ts'
import { askSupervisor } from '../supervisor/control-socket.ts'
import type { PlaceOptions } from './run-action.ts'

/** Asks the supervisor to stop and waits until it is gone. */
export async function down(options: PlaceOptions & { readonly json?: boolean }): Promise<number> {
  const { dataDir } = loadConfig(options)
  const answer = await askSupervisor(runtimeDirOf(dataDir), { op: 'down' })
  if (answer === null) throw notRunning(dataDir)
  const { pid, shutdown_ms: shutdownMs = 60_000 } = answer.record as { pid: number; shutdown_ms?: number }
  const started = performance.now()
  while (isAlive(pid)) {
    if (performance.now() - started > shutdownMs + 5_000)
      throw new CliError({
        code: 'CLI_FAILED',
        message: `process ${pid} has not stopped in ${Math.round((shutdownMs + 5_000) / 1_000)} s`,
        fault: 'environment',
        remedy: `end it with: kill -9 ${pid}`,
      })
    await delay(20)
  }
  const seconds = (performance.now() - started) / 1_000
  if (options.json === true) printJson({ stopped: true, pid, seconds: Number(seconds.toFixed(3)) })
  else printLine(`stopped after ${seconds.toFixed(1)} s`)
  return 0
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
