/* JSON whose whole numbers keep all their digits: times in ns do not fit a double. */

/** Compact JSON; a bigint is written as a number. */
export function toExactJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map(toExactJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined)
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${toExactJson(each)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown

/** Whole numbers beyond 2^53 become bigint. Throws SyntaxError. */
export function fromExactJson(text: string): unknown {
  const reviver: Reviver = (_, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context?.source ?? 0)
      : value
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown)
}
