import { isTriggerable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { startAction } from '../engine/action.ts'

/* trigger: group. */
export const trigger: Command = (core, msg) => {
  const device = core.require(msg.obj, isTriggerable, 'triggerable')
  return startAction(core, msg, () => device.trigger())
}
