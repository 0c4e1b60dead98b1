import { toError } from '../error.ts'
import type { Msg, Plan } from '../msg.ts'

/** What replaces a message: a plan before or instead of it, and one after it. Both null: the message stays. */
export type Insertion = readonly [head: Plan | null, tail: Plan | null]

export const noInsertion: Insertion = [null, null]

interface Layer {
  readonly plan: Plan
  readonly tail: Plan | null
  /** For a tail: the result that the plan below is to see. */
  readonly kept: { readonly result: unknown } | null
}

/** The plan on top and those that wait for it, and what goes into the top one next. */
interface Stack {
  readonly layers: Layer[]
  result: unknown
  failure: Error | null
}

/** Puts plans in place of messages. The last result inside a head becomes the result of the message that it replaces;
 * results of a tail are dropped. Inserted messages are looked at too; a message that a head yields again is known by
 * its identity and passes. */
export function* planMutator<R>(plan: Plan<R>, insert: (msg: Msg) => Insertion): Plan<R> {
  const stack: Stack = { layers: [{ plan, tail: null, kept: null }], result: undefined, failure: null }
  const passed = new WeakSet<Msg>()
  try {
    for (;;) {
      const step = nextStep(stack)
      if (step.done === true) return step.value as R
      const msg = step.value
      const [head, tail] = passed.has(msg) ? noInsertion : insert(msg)
      passed.add(msg)
      if (head !== null || tail !== null) {
        stack.layers.push({ plan: head ?? single(msg), tail, kept: null })
        stack.result = undefined
        continue
      }
      try {
        stack.result = yield msg
      } catch (error) {
        stack.failure = toError(error)
      }
    }
  } finally {
    for (const layer of stack.layers.toReversed()) layer.plan.return(undefined)
  }
}

/** Runs the top plan to its next message; plans that end hand over to the one below. Done when the last has ended. */
function nextStep(stack: Stack): IteratorResult<Msg, unknown> {
  for (let layer = stack.layers.at(-1); layer !== undefined; layer = stack.layers.at(-1)) {
    try {
      const { failure } = stack
      stack.failure = null
      const step = failure === null ? layer.plan.next(stack.result) : layer.plan.throw(failure)
      if (step.done !== true) return step
      endLayer(stack, layer)
      if (stack.layers.length === 0) return step
    } catch (error) {
      stack.layers.pop()
      layer.tail?.return(undefined)
      stack.failure = toError(error)
      if (stack.layers.length === 0) throw stack.failure
    }
  }
  return { done: true, value: undefined }
}

function endLayer(stack: Stack, layer: Layer): void {
  stack.layers.pop()
  if (layer.kept !== null) stack.result = layer.kept.result
  if (layer.tail === null) return
  stack.layers.push({ plan: layer.tail, tail: null, kept: { result: stack.result } })
  stack.result = undefined
}

/** Replaces each message; null swallows it (the plan then sees undefined). */
export function* msgMutator<R>(plan: Plan<R>, change: (msg: Msg) => Msg | null): Plan<R> {
  let step = plan.next(undefined)
  let finished = false
  try {
    while (step.done !== true) {
      const msg = change(step.value)
      let result: unknown
      try {
        if (msg !== null) result = yield msg
      } catch (error) {
        step = plan.throw(toError(error))
        continue
      }
      step = plan.next(result)
    }
    finished = true
    return step.value
  } finally {
    if (!finished) plan.return(undefined as R)
  }
}

/** A plan of one message, with its result. */
function* single(msg: Msg): Plan {
  return yield msg
}

/** One plan after another. Returns their results. */
export function* pchain(...plans: readonly Plan[]): Plan<readonly unknown[]> {
  const results: unknown[] = []
  for (const plan of plans) results.push(yield* plan)
  return results
}
