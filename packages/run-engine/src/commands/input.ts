import type { Command } from '../engine/command.ts'
import { RunEngineError } from '../error.ts'

/* input: prompt = "". Asks the operator through inputHook. Result: the line. */
export const input: Command = (core, msg) => {
  const ask = core.hooks.inputHook
  if (ask === null) {
    throw new RunEngineError({
      code: 'RUN_NO_OPERATOR',
      text: 'the plan asks the operator, but nobody can answer here',
      fault: 'environment',
      remedy: 'Set inputHook, or run a plan that does not ask.',
    })
  }
  const { prompt = '' } = msg.kwargs
  const given = new AbortController()
  core.onAbandon(() => given.abort())
  return ask(String(prompt), given.signal)
}
