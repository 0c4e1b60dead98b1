import { isFlyable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { startAction } from '../engine/action.ts'

/* complete: group. Tells a flyer to finish when it is ready. */
export const complete: Command = (core, msg) => {
  const device = core.require(msg.obj, isFlyable, 'flyable')
  return startAction(core, msg, () => device.complete())
}
