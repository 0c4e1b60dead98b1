import type { Command } from '../engine/command.ts'

/* clear_checkpoint: from now on a pause aborts, until the next call. A later checkpoint does not change that. */
export const clearCheckpoint: Command = (core) => {
  core.cache = null
  for (const run of core.runs.values()) run.forgetCounters()
}
