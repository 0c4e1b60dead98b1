import type { Command } from '../engine/command.ts'
import { badMessage, messageSequenceError } from '../error.ts'

/* create: the name of the stream, as kwarg `name` or the only argument. Starts an event. */
export const create: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'create' needs an open run: 'open_run' must come before it")
  const name = msg.kwargs['name'] ?? msg.args[0]
  if (typeof name !== 'string') throw badMessage("'create' needs the name of a stream")
  run.create(name)
}
