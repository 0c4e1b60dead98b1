import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * State and logs of a manager without `--data`: one folder for each control address, as only one manager can have it.
 * Managers of one user do not meet, and a manager that is started again finds its queue.
 */
export function managerFolder(
  controlAddress: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const port = /:(\d+)$/.exec(controlAddress)?.[1]
  const name = port ?? createHash('sha256').update(controlAddress).digest('hex').slice(0, 12)
  const home = environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
  return join(home, 'beamtime', `re-manager-${name}`)
}
