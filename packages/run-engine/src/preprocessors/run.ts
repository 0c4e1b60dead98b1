import { controlExitStatus } from '../engine/control.ts'
import { errorText, isRunEngineError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import { closeRun, openRun } from '../stubs/run-stubs.ts'
import { contingencyWrapper } from './finalize.ts'
import { msgMutator } from './mutators.ts'

type Metadata = Readonly<Record<string, unknown>>

/** Puts a plan into a run. Returns the run's uid. */
export function* runWrapper(plan: Plan, options: { readonly md?: Metadata } = {}): Plan<string> {
  const uid = yield* openRun(options.md ?? {})
  yield* contingencyWrapper(plan, {
    exceptPlan: (error) => {
      // A pause that failed is not the operator's wish to end the run, so the run has failed.
      const status = isRunEngineError(error, 'RUN_FAILED_PAUSE') ? null : controlExitStatus(error)
      const reason = errorText(error)
      return closeRun(status ?? 'fail', status !== null && reason === '' ? null : reason)
    },
    elsePlan: () => closeRun(),
  })
  return uid
}

/** Adds metadata to each run that the plan opens; it wins over the plan's own. */
export function injectMdWrapper<R>(plan: Plan<R>, md: Metadata): Plan<R> {
  return msgMutator(plan, (msg) =>
    msg.command === 'open_run' ? { ...msg, kwargs: { ...msg.kwargs, ...md } } : msg,
  )
}

/** Makes a plan part of another: drops its runs and its staging. Returns the metadata of its runs. */
export function* stubWrapper(plan: Plan): Plan<Metadata> {
  const md: Record<string, unknown> = {}
  const dropped = new Set(['open_run', 'close_run', 'stage', 'unstage'])
  yield* msgMutator(plan, (msg) => {
    if (msg.command === 'open_run') Object.assign(md, msg.kwargs)
    return dropped.has(msg.command) ? null : msg
  })
  return md
}

/** Gives every message without a run this run key. */
export function setRunKeyWrapper<R>(plan: Plan<R>, run: unknown): Plan<R> {
  if (run === null || run === undefined) throw new TypeError('a run key may not be null')
  return msgMutator(plan, (msg) => (msg.run === null ? withRun(msg, run) : msg))
}

function withRun(msg: Msg, run: unknown): Msg {
  return Msg(msg.command, msg.obj, { args: msg.args, kwargs: msg.kwargs, run })
}
