import { randomUUID } from 'node:crypto'
import { isSubscribable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'
import { whenKnown } from '../engine/maybe-promise.ts'
import { badMessage, messageSequenceError } from '../error.ts'

/* monitor: name = null (then monitor-<6 hex>). Emits a descriptor now and an event per change, the first at once. */
export const monitor: Command = (core, msg) => {
  if (msg.args.length > 0) throw badMessage("'monitor' takes no positional arguments")
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'monitor' needs an open run")
  const device = core.require(msg.obj, isSubscribable, 'subscribable')
  const { name = null } = msg.kwargs
  const stream = typeof name === 'string' ? name : `monitor-${randomUUID().slice(0, 6)}`
  return whenKnown(run.monitor(device, stream), () => core.resetCheckpoint())
}
