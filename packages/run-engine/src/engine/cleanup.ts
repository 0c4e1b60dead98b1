import type { ExitStatus } from '@beamtime/event-model'
import { isStageable } from '../devices/protocols.ts'
import { errorText } from '../error.ts'
import { isMsg } from '../msg.ts'
import { collect } from './collect.ts'
import { controlExitStatus } from './control.ts'
import type { EngineCore } from './core.ts'
import type { LoopOutcome } from './loop.ts'

/** Leaves everything at rest after a plan, however it ended; the order is part of the contract. */
export async function cleanUp(core: EngineCore, outcome: LoopOutcome): Promise<void> {
  core.exitStatus = exitStatusOf(outcome)
  const reason =
    core.exitStatus === 'fail' && outcome.kind === 'threw' ? errorText(outcome.error) : core.reason
  if (core.reason === '') core.reason = reason
  core.callToken = {}
  core.groups.abandon()
  await core.stopMoved()
  for (const run of core.runs.values()) {
    run.clearMonitors()
    for (const device of run.uncollected) {
      try {
        await collect(run, { objects: [device], returnPayload: false, name: null })
      } catch (error) {
        core.report('collect.failed', error)
      }
    }
  }
  for (const device of core.staged) {
    try {
      if (isStageable(device)) device.unstage()
    } catch (error) {
      core.report('unstage.failed', error)
    }
  }
  core.staged.clear()
  for (const run of core.runs.values()) {
    try {
      run.close(core.exitStatus, reason)
    } catch (error) {
      core.report('close-run.failed', error)
    }
  }
  core.runs.clear()
  closePlans(core)
  core.setState('idle')
}

function exitStatusOf(outcome: LoopOutcome): ExitStatus {
  switch (outcome.kind) {
    case 'returned':
      return 'success'
    case 'halted':
      return 'abort'
    case 'threw':
      return controlExitStatus(outcome.error) ?? 'fail'
  }
}

/** Closes the generators: `finally` blocks run, messages that they yield are dropped. */
function closePlans(core: EngineCore): void {
  for (const plan of core.plans.splice(0).toReversed()) {
    try {
      const result = plan.return(undefined)
      if (result.done !== true) {
        core.notice(
          `A plan yielded '${commandOf(result.value)}' while it was halted; the message is dropped.`,
        )
      }
    } catch (error) {
      core.report('plan.close-failed', error)
    }
  }
  core.responses.length = 0
}

function commandOf(msg: unknown): string {
  return isMsg(msg) ? msg.command : 'something'
}
