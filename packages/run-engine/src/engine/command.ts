import type { Msg } from '../msg.ts'
import type { EngineCore } from './core.ts'

/** Executes one message: returns the result that the plan sees, or a promise of it. Only commands touch devices. */
export type Command = (core: EngineCore, msg: Msg) => unknown

export type CommandTable = Map<string, Command>
