import { pyRepr, pyTypeName } from '@beamtime/python-notation'
import type { Manager } from './manager.ts'
import type { Method, MethodCall, MethodTable } from './method.ts'
import { requireUnlocked } from './methods/lock-methods.ts'
import { isPlainObject, type PlainObject } from './plain-object.ts'
import { asText } from './positions.ts'
import { Refusal } from './refusal.ts'

export interface Dispatcher {
  /** Handles one decoded request; the answer becomes an action, now or later. */
  request(id: number, body: unknown): void
}

export function createDispatcher(m: Manager, methods: MethodTable): Dispatcher {
  const isKnown = (name: string): boolean =>
    name === 'status' || name === 'ping' || Object.hasOwn(methods, name)
  return {
    request(id, body) {
      // The request that every client sends all the time; the answer is the same object until the status changes.
      if (isStatusRequest(body)) return m.act({ kind: 'reply', id, method: 'status', body: m.status })
      const envelope = openEnvelope(body)
      const label = 'name' in envelope && isKnown(envelope.name) ? envelope.name : 'unknown'
      const reply = (answer: PlainObject): void => m.act({ kind: 'reply', id, method: label, body: answer })
      if ('problem' in envelope) return reply({ success: false, msg: envelope.problem })
      const { name, params } = envelope
      if (name === 'status' || name === 'ping') return reply(m.status)
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined
      if (method === undefined) return reply({ success: false, msg: `Unknown method '${name}'` })
      if (!isPlainObject(params)) {
        const msg = `${method.prefix}Parameters of a request must be a dictionary: ${pyTypeName(params)}`
        return reply({ success: false, msg, ...method.onFailure?.(m, {}) })
      }
      handle({ m, method, params }, reply)
    },
  }
}

function isStatusRequest(body: unknown): boolean {
  if (!isPlainObject(body) || body['method'] !== 'status') return false
  for (const key in body) if (key !== 'method' && key !== 'params') return false
  return true
}

type Envelope = { readonly name: string; readonly params: unknown } | { readonly problem: string }

/** Texts of the transport table (queueserver contract, section 2). */
function openEnvelope(body: unknown): Envelope {
  if (typeof body === 'string') return { problem: `Failed to decode the request: ${body}` }
  if (!isPlainObject(body)) {
    return { problem: `Incorrect request type: ${pyTypeName(body)}. Dictionary is expected` }
  }
  if (!Object.hasOwn(body, 'method')) {
    return { problem: `Invalid request format: method is not specified: ${pyRepr(body)}` }
  }
  const others = Object.keys(body).filter((key) => key !== 'method' && key !== 'params')
  if (others.length > 0) {
    const keys = pyRepr(others)
    return { problem: `Request contains unexpected keys ${keys}. Allowed keys: ('method', 'params')` }
  }
  return { name: asText(body['method']), params: body['params'] ?? {} }
}

interface Target {
  readonly m: Manager
  readonly method: Method
  readonly params: PlainObject
}

function handle({ m, method, params }: Target, reply: (answer: PlainObject) => void): void {
  const succeed = (fields: PlainObject = {}): void => {
    m.snapshot()
    reply({ success: true, msg: '', ...fields })
  }
  const refuse = (refusal: Refusal): void => {
    reply({
      success: false,
      msg: prefixOf(method, refusal) + refusal.message,
      ...method.onFailure?.(m, params),
      ...refusal.fields,
    })
  }
  const call: MethodCall = { m, params, succeed, refuse }
  try {
    checkParameters(method, params)
    if (method.lock !== undefined) requireUnlocked(m, method.lock, params)
    const fields = method.handle(call)
    if (fields !== null) succeed(fields)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    refuse(error)
  }
}

function prefixOf(method: Method, { kind }: Refusal): string {
  if (kind === 'whole') return ''
  return kind === 'state' && method.bareStateTexts === true ? '' : method.prefix
}

function checkParameters(method: Method, params: PlainObject): void {
  const supported = method.lock === undefined ? method.params : [...method.params, 'lock_key']
  const unsupported = Object.keys(params).filter((name) => !supported.includes(name))
  if (unsupported.length === 0) return
  const names = unsupported.length === 1 ? pyRepr(unsupported[0]) : pyRepr(unsupported)
  throw new Refusal(
    `API request contains unsupported parameters: ${names}. Supported parameters: ${pyRepr([...supported])}`,
  )
}
