import type { Command } from '../engine/command.ts'

/* null: nothing. */
export const nullCommand: Command = () => undefined
