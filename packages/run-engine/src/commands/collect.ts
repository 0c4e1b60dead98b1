import { collect as collectFrom } from '../engine/collect.ts'
import type { Command } from '../engine/command.ts'
import { badMessage, messageSequenceError } from '../error.ts'

/* collect: obj and further objects as args; stream = false, return_payload = true, name = null.
 * Result: what the object gave, or undefined. */
export const collect: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'collect' needs an open run")
  const { stream = false, return_payload: returnPayload = true, name = null } = msg.kwargs
  if (stream === true) throw badMessage("'collect' emits event pages only: stream = true is not supported")
  return collectFrom(run, {
    objects: [msg.obj, ...msg.args],
    returnPayload: returnPayload === true,
    name: typeof name === 'string' ? name : null,
  })
}
