import { isMovable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { startAction } from '../engine/action.ts'

/* set: args go to the object, group. The object counts as moved: it is stopped at a pause and at the end. */
export const set: Command = (core, msg) => {
  const device = core.require(msg.obj, isMovable, 'movable')
  core.moved.add(device)
  return startAction(core, msg, () => device.set(msg.args[0], ...msg.args.slice(1)))
}
