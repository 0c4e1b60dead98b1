import type { Command } from '../engine/command.ts'
import { messageSequenceError } from '../error.ts'

/* save: emits the event, before it the descriptor if the stream is new. Nothing read: nothing emitted. */
export const save: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'save' needs an open run")
  return run.save()
}
