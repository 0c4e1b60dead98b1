import { isSuspender } from '../suspenders/suspender.ts'
import type { Command } from '../engine/command.ts'

/* install_suspender: args[0]. */
export const installSuspender: Command = (core, msg) => {
  const suspender = core.require(msg.args[0], isSuspender, 'a suspender')
  core.suspenders.add(suspender)
  suspender.install((request) => core.requestSuspend(request))
}
