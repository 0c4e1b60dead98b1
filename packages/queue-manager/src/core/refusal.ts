import type { PlainObject } from './plain-object.ts'

/**
 * Ends a request with `success: false`. Thrown by handlers, caught once where requests are dispatched.
 * `parameter`: the method's prefix goes before the text. `state`: the prefix only where the method has it everywhere.
 * `whole`: the text is the complete message.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: 'parameter' | 'state' | 'whole'
  /** Reply fields that differ from the method's usual ones on failure. */
  readonly fields: PlainObject

  constructor(text: string, kind: Refusal['kind'] = 'parameter', fields: PlainObject = {}) {
    super(text)
    this.kind = kind
    this.fields = fields
  }
}
