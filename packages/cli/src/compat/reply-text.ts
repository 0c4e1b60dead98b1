import { pyPrettyRepr } from '@beamtime/python-notation'

const maxListItems = 10
const maxDictItems = 30
const maxText = 1024

const largeLists: ReadonlySet<string> = new Set([
  'plans_allowed',
  'plans_existing',
  'devices_allowed',
  'devices_existing',
])

/** An answer of the manager as `qserver` prints it: a Python dict of 80 columns, long values cut. */
export function replyText(reply: Readonly<Record<string, unknown>>): string {
  return pyPrettyRepr(reduced(reply), 80)
}

function reduced(value: unknown): unknown {
  if (typeof value === 'string') return shortText(value)
  if (Array.isArray(value)) {
    const head = value.slice(0, maxListItems).map(reduced)
    return value.length > maxListItems ? [...head, '...'] : head
  }
  if (!isTable(value)) return value
  const entries = Object.entries(value)
  const head = entries.slice(0, maxDictItems).map(([key, item]) => [key, reducedField(key, item)] as const)
  return Object.fromEntries(entries.length > maxDictItems ? [...head, ['...', '...'] as const] : head)
}

function reducedField(key: string, value: unknown): unknown {
  if (key === 'traceback' && typeof value === 'string') return value
  if (largeLists.has(key) && isTable(value)) {
    return Object.fromEntries(Object.keys(value).map((name) => [name, '{...}']))
  }
  return reduced(value)
}

function shortText(text: string): string {
  if (text.length <= maxText) return text
  return `${text.slice(0, maxText / 2)} ...\n... ${text.slice(-maxText / 2)}`
}

/** Not a wrapped float. */
function isTable(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
