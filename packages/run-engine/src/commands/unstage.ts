import { isStageable } from '../devices/protocols.ts'
import { isStatus } from '../devices/status.ts'
import type { Command } from '../engine/command.ts'

/* unstage: group. Result as of stage. */
export const unstage: Command = (core, msg) => {
  if (!isStageable(msg.obj)) return []
  const device = msg.obj
  const result = device.unstage()
  core.staged.delete(device)
  core.resetCheckpoint()
  if (isStatus(result)) core.addStatus(msg.kwargs['group'] ?? null, result)
  return result
}
