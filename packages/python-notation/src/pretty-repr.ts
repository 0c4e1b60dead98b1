import { pyRepr } from './repr.ts'

interface Place {
  readonly indent: number
  /** Characters that must still fit behind the value on its last line. */
  readonly allowance: number
  readonly level: number
}

/**
 * What Python's `pprint.pformat(value, width=width, sort_dicts=False)` prints: one line if it fits into `width`
 * columns (default 80), else one element a line, long strings split at blanks.
 */
export function pyPrettyRepr(value: unknown, width = 80): string {
  const out: string[] = []
  write(value, { indent: 0, allowance: 0, level: 0 }, { width, out })
  return out.join('')
}

interface Sheet {
  readonly width: number
  readonly out: string[]
}

function write(value: unknown, place: Place, sheet: Sheet): void {
  const flat = pyRepr(value)
  const fits = Array.from(flat).length <= sheet.width - place.indent - place.allowance
  if (fits) {
    sheet.out.push(flat)
    return
  }
  const inner = { ...place, level: place.level + 1 }
  if (typeof value === 'string') writeString(value, inner, sheet)
  else if (Array.isArray(value)) writeList(value, inner, sheet)
  else if (isPlainObject(value)) writeDict(Object.entries(value), inner, sheet)
  else sheet.out.push(flat)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function writeList(items: readonly unknown[], place: Place, sheet: Sheet): void {
  const indent = place.indent + 1
  sheet.out.push('[')
  items.forEach((item, index) => {
    const last = index === items.length - 1
    if (index > 0) sheet.out.push(`,\n${' '.repeat(indent)}`)
    write(item, { indent, allowance: last ? place.allowance + 1 : 1, level: place.level }, sheet)
  })
  sheet.out.push(']')
}

function writeDict(entries: readonly (readonly [string, unknown])[], place: Place, sheet: Sheet): void {
  const indent = place.indent + 1
  sheet.out.push('{')
  entries.forEach(([key, item], index) => {
    const last = index === entries.length - 1
    if (index > 0) sheet.out.push(`,\n${' '.repeat(indent)}`)
    const head = `${pyRepr(key)}: `
    sheet.out.push(head)
    const allowance = last ? place.allowance + 1 : 1
    write(item, { indent: indent + head.length, allowance, level: place.level }, sheet)
  })
  sheet.out.push('}')
}

/** Adjacent literals, one a line; in parentheses when the string is the whole value. */
function writeString(text: string, place: Place, sheet: Sheet): void {
  const outermost = place.level === 1
  const indent = place.indent + (outermost ? 1 : 0)
  const allowance = place.allowance + (outermost ? 1 : 0)
  const chunks = splitString(text, sheet.width - indent, allowance)
  if (chunks.length === 1) {
    sheet.out.push(chunks[0] ?? '')
    return
  }
  const body = chunks.join(`\n${' '.repeat(indent)}`)
  sheet.out.push(outermost ? `(${body})` : body)
}

function splitString(text: string, width: number, allowance: number): string[] {
  const kept = splitLines(text)
  const chunks: string[] = []
  kept.forEach((line, index) => {
    const lastLine = index === kept.length - 1
    const flat = pyRepr(line)
    if (flat.length <= (lastLine ? width - allowance : width)) chunks.push(flat)
    else chunks.push(...splitLine(line, width, lastLine ? allowance : 0))
  })
  return chunks
}

function splitLine(line: string, width: number, allowance: number): string[] {
  const parts = (line.match(/\S*\s*/g) ?? []).filter((part) => part !== '')
  const chunks: string[] = []
  let current = ''
  parts.forEach((part, index) => {
    const room = index === parts.length - 1 ? width - allowance : width
    if (pyRepr(current + part).length > room) {
      if (current !== '') chunks.push(pyRepr(current))
      current = part
    } else current += part
  })
  if (current !== '') chunks.push(pyRepr(current))
  return chunks
}

/** What `str.splitlines` takes for the end of a line. */
const lineEnds = new Set(['\n', '\r', '\v', '\f', '\u001c', '\u001d', '\u001e', '\u0085', '\u2028', '\u2029'])

function splitLines(text: string): string[] {
  const lines: string[] = []
  let start = 0
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? ''
    if (!lineEnds.has(character) || (character === '\r' && text[index + 1] === '\n')) continue
    lines.push(text.slice(start, index + 1))
    start = index + 1
  }
  if (start < text.length) lines.push(text.slice(start))
  return lines
}
