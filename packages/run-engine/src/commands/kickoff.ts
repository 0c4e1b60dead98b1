import { isFlyable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { startAction } from '../engine/action.ts'
import { messageSequenceError } from '../error.ts'

/* kickoff: group. Needs an open run, at whose end the object is collected if the plan did not. */
export const kickoff: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'kickoff' needs an open run")
  const device = core.require(msg.obj, isFlyable, 'flyable')
  const status = startAction(core, msg, () => device.kickoff(...msg.args))
  run.uncollected.add(device)
  return status
}
