import type { Command } from '../engine/command.ts'

/* rewindable: args[0] = true, false, or null to ask. Result: the flag. */
export const rewindable: Command = (core, msg) => {
  const [flag = null] = msg.args
  if (typeof flag === 'boolean' && flag !== core.rewindableFlag) {
    core.rewindableFlag = flag
    core.resetCheckpoint()
  }
  return core.rewindableFlag
}
