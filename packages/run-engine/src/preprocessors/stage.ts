import { rootAncestor, separateDevices } from '../devices/device-traits.ts'
import type { Device } from '../devices/protocols.ts'
import { Msg, type Plan } from '../msg.ts'
import { stageAll, unstageAll } from '../stubs/stage-stubs.ts'
import { finalizeWrapper } from './finalize.ts'
import { noInsertion, planMutator } from './mutators.ts'

/** Stages devices (their outermost parents) before a plan and unstages them in reverse order behind it. */
export function stageWrapper<R>(plan: Plan<R>, devices: readonly Device[]): Plan<R> {
  const roots = separateDevices(devices.map(rootAncestor))
  return finalizeWrapper(stagedFirst(plan, roots), () => unstageAll(roots.toReversed()))
}

function* stagedFirst<R>(plan: Plan<R>, roots: readonly Device[]): Plan<R> {
  yield* stageAll(roots)
  return yield* plan
}

const touching = new Set(['read', 'set', 'trigger', 'kickoff'])

/** Stages each device just before it is used first, and unstages all of them in reverse order at the end. */
export function lazilyStageWrapper<R>(plan: Plan<R>): Plan<R> {
  const staged: Device[] = []
  function* stageFirst(msg: Msg, root: Device): Plan {
    const result = yield Msg('stage', root)
    staged.push(...(Array.isArray(result) && result.length > 0 ? (result as Device[]) : [root]))
    return yield msg
  }
  const inner = planMutator(plan, (msg) => {
    if (!touching.has(msg.command)) return noInsertion
    const device = msg.obj as Device
    const root = rootAncestor(device)
    return staged.includes(device) || staged.includes(root) ? noInsertion : [stageFirst(msg, root), null]
  })
  return finalizeWrapper(inner, () => unstageAll(staged.toReversed()))
}
