import { parsePyLiteral, PythonNotationError } from '@beamtime/python-notation'
import { CompatError } from './compat-error.ts'
import { qserverGroup, qserverUser, unsupported, type QserverCall } from './qserver-call.ts'

type Table = Record<string, unknown>

const owner = { user: qserverUser, user_group: qserverGroup }

/** `add|update|replace|execute plan|instruction ...` */
export function itemRequest(words: readonly string[]): QserverCall {
  const [action = '', type = '', ...rest] = words
  const shown = `queue ${words.join(' ')}`
  if (words.length < 3) throw new CompatError(`Item type and value are not specified: '${shown}'`)
  if (type !== 'plan' && type !== 'instruction') throw unsupported('queue', action, type)
  const read = type === 'plan' ? planOf : instructionOf
  if (action === 'update' || action === 'replace') {
    const [uid, text, ...surplus] = rest
    if (text === undefined || surplus.length > 0) throw wrongCount(shown)
    const item = { ...read(text), item_uid: uid, item_type: type }
    return { method: 'queue_item_update', params: { item, ...owner, replace: action === 'replace' } }
  }
  const place = action === 'add' ? destination(rest) : { params: {}, rest }
  const [text, ...surplus] = place.rest
  if (text === undefined || surplus.length > 0) throw wrongCount(shown)
  const item = { ...read(text), item_type: type }
  return { method: `queue_item_${action}`, params: { ...place.params, item, ...owner } }
}

function wrongCount(shown: string): CompatError {
  return new CompatError(`Incorrect number of parameters: '${shown}'`)
}

/** `execute <function> [background]` */
export function functionRequest(words: readonly string[]): QserverCall {
  const [action, text, ...options] = words
  if (action !== 'execute' || text === undefined) throw unsupported('function', ...words)
  if (options.some((option) => option !== 'background')) {
    throw new CompatError(`Unsupported combination of parameters: 'function ${words.join(' ')}'`)
  }
  const item = { ...planOf(text), item_type: 'function' }
  return { method: 'function_execute', params: { item, run_in_background: options.length > 0, ...owner } }
}

/** `get|remove [place]`, `move from to` */
export function queueItemRequest(words: readonly string[]): QserverCall {
  const [action = '', ...rest] = words
  if (action === 'get' || action === 'remove') {
    if (rest.length > 1)
      throw new CompatError(`Incorrect number of parameters: 'queue item ${words.join(' ')}'`)
    return { method: `queue_item_${action}`, params: rest[0] === undefined ? {} : source(rest[0]) }
  }
  if (action !== 'move') throw unsupported('queue', 'item', action)
  const [from, ...to] = rest
  if (from === undefined || to.length === 0) {
    throw new CompatError(
      `The command 'queue item ${words.join(' ')}' contains insufficient number of parameters`,
    )
  }
  const place = destination(to)
  const { pos, ...byUid } = place.params
  if (place.rest.length > 0 || (pos === undefined && Object.keys(byUid).length === 0)) {
    throw new CompatError(`Destination index or UID is not found: 'queue item ${words.join(' ')}'`)
  }
  return {
    method: 'queue_item_move',
    params: { ...source(from), ...(pos === undefined ? {} : { pos_dest: pos }), ...byUid },
  }
}

/** `front`, `back`, a number, or a uid. */
function source(word: string): Table {
  const pos = position(word)
  return pos === null ? { uid: word } : { pos }
}

/** `front`, `back`, a number, `before UID`, `after UID`, or nothing; and the words behind it. */
function destination(words: readonly string[]): { readonly params: Table; readonly rest: readonly string[] } {
  const [word = '', uid, ...rest] = words
  if (word === 'before' || word === 'after') {
    if (uid === undefined) throw new CompatError(`'${word}' needs the UID of an item`)
    return { params: { [`${word}_uid`]: uid }, rest }
  }
  const pos = position(word)
  return pos === null ? { params: {}, rest: words } : { params: { pos }, rest: words.slice(1) }
}

function position(word: string): string | number | null {
  if (word === 'front' || word === 'back') return word
  return /^[+-]?\d+$/.test(word) ? Number(word) : null
}

/** A dictionary as a Python literal or as JSON. */
function planOf(text: string): Table {
  const value = pythonValue(text) ?? jsonValue(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Table
  throw new CompatError(`Error occurred while parsing the plan '${text}'`)
}

function pythonValue(text: string): unknown {
  try {
    return parsePyLiteral(text)
  } catch (error) {
    if (error instanceof PythonNotationError) return null
    throw error
  }
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function instructionOf(text: string): Table {
  if (text !== 'queue-stop') throw new CompatError(`Unsupported instruction type: ${text}`)
  return { name: 'queue_stop' }
}
