import type { Subscribable } from '../devices/protocols.ts'
import { isStatus } from '../devices/status.ts'
import { RunEngineError, planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import { monitorDuringWrapper } from '../preprocessors/during-run.ts'
import { runWrapper } from '../preprocessors/run.ts'
import { sleep } from '../stubs/flow-stubs.ts'
import type { Metadata } from './plan-options.ts'

/** Measures again and again while something is under way. `goPlan` starts it and returns its status. Throws
 * PLAN_RAMP_TIMEOUT when it takes longer than `timeout` seconds. */
export function rampPlan(
  ...[goPlan, monitorSig, innerPlan, takePreData = true, timeout = null, period = null, md = null]: [
    go_plan: Plan,
    monitor_sig: Subscribable,
    inner_plan_func: () => Plan,
    take_pre_data?: boolean,
    timeout?: number | null,
    period?: number | null,
    md?: Metadata | null,
  ]
): Plan<string> {
  const polling = function* (): Plan<void> {
    const startedMs = performance.now()
    if (takePreData) yield* innerPlan()
    const status = yield* goPlan
    if (!isStatus(status)) throw planArgumentError('go_plan must return the status of what it started')
    while (!status.done) {
      const roundMs = performance.now()
      yield* innerPlan()
      if (timeout !== null && performance.now() - startedMs > timeout * 1000) throw rampTimeout(timeout)
      const restS = (period ?? 0) - (performance.now() - roundMs) / 1000
      yield* sleep(Math.max(restS, 0))
    }
    yield* innerPlan()
  }
  return monitorDuringWrapper(runWrapper(polling(), { md: { plan_name: 'ramp_plan', ...md } }), [monitorSig])
}

function rampTimeout(timeoutS: number): RunEngineError {
  return new RunEngineError({
    code: 'PLAN_RAMP_TIMEOUT',
    text: `the ramp took longer than ${timeoutS} s`,
    fault: 'environment',
    remedy: 'See why it is slow, or allow more time.',
    canRetry: true,
  })
}
