import type { DocumentCallback } from '../engine/dispatcher.ts'
import type { Command } from '../engine/command.ts'
import { badMessage } from '../error.ts'

/* subscribe: args = (function, document name = 'all'). For the rest of this call. Result: a token. */
export const subscribe: Command = (core, msg) => {
  const [callback, name = 'all'] = msg.args
  if (typeof callback !== 'function') throw badMessage("'subscribe' needs a function")
  const token = core.dispatcher.subscribe(callback as DocumentCallback, String(name))
  core.temporaryTokens.add(token)
  core.resetCheckpoint()
  return token
}
