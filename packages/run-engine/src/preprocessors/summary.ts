import type { Msg, Plan } from '../msg.ts'
import { msgMutator } from './mutators.ts'

function nameOf(obj: unknown): string {
  return String(Reflect.get(Object(obj), 'name'))
}

/** Tells in words what a plan does while it does it. */
export function printSummaryWrapper<R>(plan: Plan<R>, print: (line: string) => void): Plan<R> {
  let read: string[] = []
  const tell = (msg: Msg): void => {
    if (msg.command === 'open_run') print(' Open Run '.padStart(45, '=').padEnd(80, '='))
    else if (msg.command === 'close_run') print(' Close Run '.padStart(45, '=').padEnd(80, '='))
    else if (msg.command === 'set') print(`${nameOf(msg.obj)} -> ${String(msg.args[0])}`)
    else if (msg.command === 'create') read = []
    else if (msg.command === 'read') read.push(nameOf(msg.obj))
    else if (msg.command === 'save') print(`  Read [${read.map((name) => `'${name}'`).join(', ')}]`)
  }
  return msgMutator(plan, (msg) => {
    tell(msg)
    return msg
  })
}

/** What a plan would do, without an engine or devices: each message's result is undefined. */
export function summarizePlan(plan: Plan): readonly string[] {
  const lines: string[] = []
  const told = printSummaryWrapper(plan, (line) => lines.push(line))
  while (told.next(undefined).done !== true) continue
  return lines
}
