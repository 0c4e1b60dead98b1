import type { ExitStatus } from '@beamtime/event-model'
import { textOf } from '../devices/device-traits.ts'
import type { Command } from '../engine/command.ts'
import { badMessage, messageSequenceError } from '../error.ts'

/* close_run: exit_status = null (success), reason = null (""). Result: uid of the start. */
export const closeRun: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) {
    throw messageSequenceError(
      "a 'close_run' came but no run of this key is open; after a pause, add a 'checkpoint' behind 'close_run'",
    )
  }
  const { exit_status: status = null, reason = null } = msg.kwargs
  const uid = run.close(exitStatusOf(status), typeof reason === 'string' ? reason : '')
  core.resetCheckpoint()
  core.runs.delete(msg.run)
  return uid
}

function exitStatusOf(value: unknown): ExitStatus {
  if (value === null) return 'success'
  if (value === 'success' || value === 'abort' || value === 'fail') return value
  throw badMessage(`${textOf(value)} is not an exit status: success, abort or fail`)
}
