import { Renumbering } from './fresh-ids.ts'
import { shiftedTime, timePath, type TimeUnit } from './time-unit.ts'

/** A number as it is written: JSON allows integers that a double cannot hold. */
type JsonNumber = number | { readonly rawJSON: string }

interface ExactJson {
  rawJSON(text: string): { readonly rawJSON: string }
  isRawJSON(value: unknown): value is { readonly rawJSON: string }
}
/** Not every library of types knows these two of Node's yet, and some tell less of them. */
const json = JSON as unknown as ExactJson

/** Parses so that every number is written back with the digits that it came with. */
export function parseExactJson(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? json.rawJSON(context.source)
      : value
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown) as unknown
}

export interface JsonRuleOptions {
  readonly times: readonly string[]
  readonly numbers: readonly { readonly path: string; readonly step: bigint | null }[]
}

/** Moves times and renews numbers in JSON messages by path (`a.b[*].t@ms`); keys keep their order. */
export class JsonRule {
  readonly #times: readonly { readonly steps: readonly string[]; readonly unit: TimeUnit }[]
  readonly #numbers: readonly { readonly steps: readonly string[]; readonly renumbering: Renumbering }[]

  constructor(options: JsonRuleOptions) {
    this.#times = options.times.map((text) => {
      const { path, unit } = timePath(text)
      return { steps: stepsOf(path), unit }
    })
    this.#numbers = options.numbers.map(({ path, step }) => ({
      steps: stepsOf(path),
      renumbering: new Renumbering(step),
    }))
  }

  get isEmpty(): boolean {
    return this.#times.length + this.#numbers.length === 0
  }

  /** Changes a parsed message in place. */
  applyToValue(value: unknown, moment: { readonly deltaMs: number; readonly pass: number }): void {
    for (const { steps, unit } of this.#times)
      changeAt(value, steps, (found) =>
        moment.deltaMs === 0 ? found : shiftedNumber(found, unit, moment.deltaMs),
      )
    for (const { steps, renumbering } of this.#numbers)
      changeAt(value, steps, (found) => {
        const integer = integerOf(found)
        return integer === null ? found : exact(renumbering.next(integer, moment.pass))
      })
  }
}

function stepsOf(path: string): readonly string[] {
  return path
    .replaceAll(/\[\*?\]/g, '.[]')
    .split('.')
    .filter(Boolean)
}

function integerOf(value: JsonNumber): bigint | null {
  const text = typeof value === 'number' ? String(value) : value.rawJSON
  return /^-?\d+$/.test(text) ? BigInt(text) : null
}

function exact(value: bigint): JsonNumber {
  return Number.isSafeInteger(Number(value)) ? Number(value) : json.rawJSON(value.toString())
}

function shiftedNumber(value: JsonNumber, unit: TimeUnit, deltaMs: number): JsonNumber {
  const integer = integerOf(value)
  if (integer !== null && unit !== 'mjd' && unit !== 'jd') {
    const moved = shiftedTime(unit === 's' ? Number(integer) : integer, unit, deltaMs)
    return typeof moved === 'bigint' ? exact(moved) : moved
  }
  return Number(shiftedTime(Number(typeof value === 'number' ? value : value.rawJSON), unit, deltaMs))
}

function changeAt(value: unknown, steps: readonly string[], change: (found: JsonNumber) => JsonNumber): void {
  const [step, ...rest] = steps
  if (step === undefined || typeof value !== 'object' || value === null) return
  const table = value as Record<string, unknown>
  const keys =
    step === '[]'
      ? Array.isArray(value)
        ? Object.keys(value)
        : []
      : Object.hasOwn(table, step)
        ? [step]
        : []
  for (const key of keys) {
    const found = table[key]
    if (rest.length > 0) changeAt(found, rest, change)
    else if (typeof found === 'number' || json.isRawJSON(found)) table[key] = change(found as JsonNumber)
  }
}
