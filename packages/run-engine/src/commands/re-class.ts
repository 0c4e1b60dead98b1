import type { Command } from '../engine/command.ts'

/* RE_class: the class of the engine, for plans that want to know what runs them. */
export const reClass: Command = (core) => core.constructor
