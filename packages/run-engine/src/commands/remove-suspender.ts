import { isSuspender } from '../suspenders/suspender.ts'
import type { Command } from '../engine/command.ts'

/* remove_suspender: args[0]. */
export const removeSuspender: Command = (core, msg) => {
  const suspender = core.require(msg.args[0], isSuspender, 'a suspender')
  if (core.suspenders.delete(suspender)) suspender.remove()
}
