import { isStageable } from '../devices/protocols.ts'
import { isStatus } from '../devices/status.ts'
import type { Command } from '../engine/command.ts'

/* stage: group. Result: a status from devices that take time, else the list of what was staged. */
export const stage: Command = (core, msg) => {
  if (!isStageable(msg.obj)) return []
  const device = msg.obj
  core.staged.add(device)
  const result = device.stage()
  core.resetCheckpoint()
  if (isStatus(result)) core.addStatus(msg.kwargs['group'] ?? null, result)
  return result
}
