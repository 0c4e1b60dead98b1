import type { Manager } from './manager.ts'
import type { PlainObject } from './plain-object.ts'
import type { Refusal } from './refusal.ts'

export interface MethodCall {
  readonly m: Manager
  readonly params: PlainObject
  /** Answers with `success: true`. */
  readonly succeed: (fields?: PlainObject) => void
  readonly refuse: (refusal: Refusal) => void
}

/** One method of the control socket. */
export interface Method {
  /** Accepted parameters, without `lock_key`. */
  readonly params: readonly string[]
  /** Refused while this part is locked, unless `lock_key` is right. */
  readonly lock?: 'environment' | 'queue'
  /** Before the text of a refusal. */
  readonly prefix: string
  /** Texts about the manager's state go out without prefix. */
  readonly bareStateTexts?: true
  /** Fields that a refusal carries beside `success` and `msg`. */
  readonly onFailure?: (m: Manager, params: PlainObject) => PlainObject
  /** Returns the fields of the answer, or null to answer later through `call`. Throws Refusal. */
  readonly handle: (call: MethodCall) => PlainObject | null
}

export type MethodTable = Readonly<Record<string, Method>>
