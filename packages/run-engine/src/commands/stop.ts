import { isStoppable } from '../devices/protocols.ts'
import type { Command } from '../engine/command.ts'

/* stop: stops one object. */
export const stop: Command = (core, msg) => core.require(msg.obj, isStoppable, 'stoppable').stop()
