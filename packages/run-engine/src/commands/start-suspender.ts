import type { Command } from '../engine/command.ts'
import type { SuspendRequest } from '../engine/core.ts'
import { Msg, toPlan, type Plan, type PlanLike } from '../msg.ts'

/* _start_suspender: internal. Brings everything to rest and puts the wait, then the replay, on top of the plan. */
export const startSuspender: Command = async (core, msg) => {
  const request = msg.args[0] as SuspendRequest
  for (const run of core.runs.values()) run.recordInterruption(request.justification ?? 'suspended')
  await core.stopMoved()
  await core.pauseDevices()
  const wasRewindable = core.rewindableFlag
  core.pushPlan(suspension(request, { replay: core.rewind(), wasRewindable }))
}

function* suspension(
  request: SuspendRequest,
  after: { readonly replay: readonly Msg[]; readonly wasRewindable: boolean },
): Plan<void> {
  yield Msg('rewindable', null, { args: [false] })
  if (request.prePlan !== null) yield* planOf(request.prePlan)
  yield Msg('wait_for', null, { args: [[request.until]] })
  yield Msg('_resume_from_suspender')
  if (request.postPlan !== null) yield* planOf(request.postPlan)
  yield Msg('rewindable', null, { args: [after.wasRewindable] })
  yield* toPlan(after.replay)
}

function planOf(plan: PlanLike | (() => PlanLike)): Plan {
  return toPlan(typeof plan === 'function' ? plan() : plan)
}
