/** One instruction of a plan. Inert: it can be printed, compared and tested without an engine. */
export interface Msg {
  readonly command: string
  readonly obj: unknown
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  /** Which of several open runs it belongs to. null is the default run. */
  readonly run: unknown
}

export interface MsgRest {
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly run?: unknown
}

const noArgs: readonly unknown[] = Object.freeze([])
const noKwargs: Readonly<Record<string, unknown>> = Object.freeze({})

/** Makes a message. Keyword arguments keep the wire spelling (`error_on_timeout`). */
export function Msg(command: string, obj: unknown = null, rest: MsgRest = {}): Msg {
  return {
    command,
    obj,
    args: rest.args ?? noArgs,
    kwargs: rest.kwargs ?? noKwargs,
    run: rest.run ?? null,
  }
}

/** A plan: a generator of messages that receives each message's result from the engine. */
export type Plan<R = unknown> = Generator<Msg, R, unknown>

/** Wherever a plan is accepted: a plan, one message, or fixed messages whose results are dropped. */
export type PlanLike = Plan | Msg | Iterable<Msg>

/** True for a message. */
export function isMsg(value: unknown): value is Msg {
  if (typeof value !== 'object' || value === null || !('command' in value)) return false
  return typeof value.command === 'string' && 'kwargs' in value && 'args' in value
}

function isGenerator(value: PlanLike): value is Plan {
  return 'next' in value && 'throw' in value && typeof value.throw === 'function'
}

function* replay(messages: Iterable<Msg>): Plan<undefined> {
  for (const message of messages) yield message
  return undefined
}

/** The plan that a plan-like thing stands for. */
export function toPlan(plan: PlanLike): Plan {
  if (isMsg(plan)) return replay([plan])
  return isGenerator(plan) ? plan : replay(plan)
}

/** The property of a generator (through its function's prototype) that holds the plan's name. */
export const planNameKey = Symbol.for('beamtime.run-engine.plan-name')
