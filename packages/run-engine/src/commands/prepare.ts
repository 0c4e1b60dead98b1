import { isPreparable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { startAction } from '../engine/action.ts'

/* prepare: args go to the object, group. */
export const prepare: Command = (core, msg) => {
  const device = core.require(msg.obj, isPreparable, 'preparable')
  return startAction(core, msg, () => device.prepare(msg.args[0]))
}
