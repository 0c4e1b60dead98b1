import type { DocumentByName, DocumentName } from './documents.ts'
import { EventModelError } from './error.ts'
import { compiledChecks } from './validators.generated.ts'

export type Validation = { readonly ok: true } | { readonly ok: false; readonly errors: string[] }

const valid: Validation = { ok: true }

/** Checks a document against its schema, key rules included. Stops at the first problem: `errors` holds it as
 * `event: /seq_num must be integer`. About 0.3 µs for an event of four keys. Throws nothing. */
export function validateDocument(name: DocumentName, doc: unknown): Validation {
  const check = compiledChecks[name]
  if (check(doc)) return valid
  return { ok: false, errors: problemTexts(name, check.errors) }
}

/** Throws EVENT_MODEL_INVALID when the document does not match its schema. */
export function assertValidDocument(name: DocumentName, doc: unknown): void {
  if (!compiledChecks[name](doc)) throw invalid(name, 'caller')
}

/** The same for a document that somebody else made: the fault is the peer's. */
export function assertPeerDocument(name: DocumentName, doc: unknown): void {
  if (!compiledChecks[name](doc)) throw invalid(name, 'peer')
}

function invalid(name: DocumentName, fault: 'caller' | 'peer'): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_INVALID',
    message: problemTexts(name, compiledChecks[name].errors).join('; '),
    fault,
    remedy: 'Correct the named field; the field tables are in the schemas folder of event-model.',
  })
}

/** True, and narrows, when the value is a valid document of that name. */
export function isDocument<N extends DocumentName>(name: N, doc: unknown): doc is DocumentByName[N] {
  return compiledChecks[name](doc)
}

type CheckErrors = (typeof compiledChecks)['event']['errors']

function problemTexts(name: DocumentName, errors: CheckErrors): string[] {
  if (!errors || errors.length === 0) return [`${name}: is not valid`]
  // An anyOf reports each branch and then itself; its own entry comes last and says it best.
  const last = errors.at(-1)
  if (!last) return [`${name}: is not valid`]
  const where = last.instancePath === '' ? '' : `${last.instancePath} `
  return [`${name}: ${where}${problemText(last)}`]
}

function problemText(error: {
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
}): string {
  const key = error.params['additionalProperty']
  if (error.keyword === 'additionalProperties' && typeof key === 'string') {
    return key === '' || /[./]/.test(key)
      ? `has the key '${key}': keys may not be empty or contain '.' or '/'`
      : `has the key '${key}', which is not allowed here`
  }
  if (error.keyword === 'anyOf') return 'matches none of the allowed forms'
  const allowed = error.params['allowedValues']
  if (error.keyword === 'enum' && Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`
  return error.message ?? 'is not valid'
}
