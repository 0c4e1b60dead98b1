import type { Command } from '../engine/command.ts'
import { messageSequenceError } from '../error.ts'

/* drop: ends the event without emitting it. */
export const drop: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'drop' needs an open run")
  run.drop()
}
