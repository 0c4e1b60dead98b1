import type { Command } from '../engine/command.ts'
import { badMessage } from '../error.ts'

/* unsubscribe: token, as kwarg or the only argument. */
export const unsubscribe: Command = (core, msg) => {
  const token = msg.kwargs['token'] ?? msg.args[0]
  if (typeof token !== 'number') throw badMessage("'unsubscribe' needs the token that 'subscribe' gave")
  core.dispatcher.unsubscribe(token)
  core.temporaryTokens.delete(token)
  core.resetCheckpoint()
}
