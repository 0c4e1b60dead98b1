import type { Command } from '../engine/command.ts'
import { badMessage } from '../error.ts'

/* sleep: args[0] in seconds. */
export const sleep: Command = (core, msg) => {
  const [seconds] = msg.args
  if (typeof seconds !== 'number' || Number.isNaN(seconds))
    throw badMessage("'sleep' needs a time in seconds")
  return new Promise<void>((resolve) => {
    const timer = setTimeout(() => resolve(), Math.max(0, seconds) * 1000)
    core.onAbandon(() => clearTimeout(timer))
  })
}
