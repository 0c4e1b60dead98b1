import { isSubscribable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { messageSequenceError } from '../error.ts'

/* unmonitor: ends the monitoring of one object. */
export const unmonitor: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'unmonitor' needs an open run")
  run.unmonitor(core.require(msg.obj, isSubscribable, 'subscribable'))
  core.resetCheckpoint()
}
