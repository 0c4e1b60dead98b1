import { CliError } from '../error.ts'
import { findPlatform, notRunning } from '../platform-access.ts'
import { printJson, printLine } from '../print.ts'
import { askSupervisor } from '../supervisor/control-socket.ts'
import type { PlaceOptions } from './run-action.ts'

export async function restart(
  role: string,
  options: PlaceOptions & { readonly json?: boolean },
): Promise<number> {
  const { config, runtimeDir, record } = await findPlatform(options)
  const answer = await askSupervisor(runtimeDir, { op: 'restart', role })
  if (answer === null || record === null) throw notRunning(config.dataDir)
  if (!answer.ok)
    throw new CliError({
      code: 'CLI_NOT_FOUND',
      message: answer.detail,
      remedy: `choose one of ${record.services.map((service) => service.role).join(', ')}`,
    })
  if (options.json === true) printJson({ role, restarting: true })
  else printLine(`${role} restarts`)
  return 0
}
