import { isReconfigurable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { whenKnown } from '../engine/maybe-promise.ts'
import { messageSequenceError } from '../error.ts'

/* configure: args go to the object; kwargs too, as one object behind them. Each stream that contains the object gets
 * a new descriptor at once. Result: [old, new]. */
export const configure: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run !== null && run.bundling)
    throw messageSequenceError("'configure' may not come between 'create' and 'save'")
  const device = core.require(msg.obj, isReconfigurable, 'configurable')
  const options = Object.keys(msg.kwargs).length > 0 ? [msg.kwargs] : []
  return whenKnown(device.configure(...msg.args, ...options), (change) =>
    run === null ? change : whenKnown(run.reconfigured(device), () => change),
  )
}
