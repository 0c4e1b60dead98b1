import type { Command } from '../engine/command.ts'
import { messageSequenceError } from '../error.ts'

/* checkpoint: the point to which a rewind returns. A deferred pause happens here. */
export const checkpoint: Command = (core) => {
  for (const run of core.runs.values()) {
    if (run.bundling) throw messageSequenceError("'checkpoint' may not come between 'create' and 'save'")
  }
  core.resetCheckpoint()
  if (core.deferredPause) core.requestPause(false)
}
