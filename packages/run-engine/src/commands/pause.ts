import type { Command } from '../engine/command.ts'

/* pause: defer = false. */
export const pause: Command = (core, msg) => {
  core.requestPause((msg.kwargs['defer'] ?? msg.args[0]) === true)
}
