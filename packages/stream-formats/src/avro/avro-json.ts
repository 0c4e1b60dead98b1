import type { AvroNode, LogicalType } from './avro-node.ts'

/**
 * A decoded datum as JSON values for people: 64-bit integers beyond 2^53 as decimal text, bytes as base64, logical
 * types as the date, time or number they stand for, not-a-number as text.
 */
// oxlint-disable-next-line complexity -- one case for each kind
export function avroToJson(value: unknown, node: AvroNode): unknown {
  if (value === null || value === undefined) return null
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'string':
    case 'enum':
      return value
    case 'int':
    case 'long':
      return integerText(value as number | bigint, node.logical)
    case 'float':
    case 'double':
      return Number.isFinite(value) ? value : String(value as number)
    case 'bytes':
    case 'fixed':
      return bytesText(value as Uint8Array, node.logical)
    case 'array':
      return (value as readonly unknown[]).map((one) => avroToJson(one, node.items))
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Record<string, unknown>).map(([key, one]) => [
          key,
          avroToJson(one, node.values),
        ]),
      )
    case 'record': {
      const record = value as Readonly<Record<string, unknown>>
      return Object.fromEntries(
        node.fields.map((field) => [field.name, avroToJson(record[field.name], field.node)]),
      )
    }
    case 'union':
      return unionToJson(value, node.branches)
  }
}

function unionToJson(value: unknown, branches: readonly AvroNode[]): unknown {
  const named = branches.filter((branch) => branch.kind !== 'null')
  const [only] = named
  if (named.length === 1 && only !== undefined) return avroToJson(value, only)
  // Branches that cannot be told apart are wrapped as { name: value }.
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    const [entry] = Object.entries(value)
    const branch = named.find((one) => entry !== undefined && nameOf(one) === entry[0])
    if (entry !== undefined && branch !== undefined) return { [entry[0]]: avroToJson(entry[1], branch) }
  }
  const branch = named.find((one) => isOfKind(value, one))
  return branch === undefined ? jsonSafe(value) : avroToJson(value, branch)
}

function nameOf(node: AvroNode): string {
  return 'name' in node ? node.name : node.kind
}

// oxlint-disable-next-line complexity -- one case for each kind
function isOfKind(value: unknown, node: AvroNode): boolean {
  switch (node.kind) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
    case 'long':
      return typeof value === 'bigint' || Number.isInteger(value)
    case 'float':
    case 'double':
      return typeof value === 'number'
    case 'string':
    case 'enum':
      return typeof value === 'string'
    case 'bytes':
    case 'fixed':
      return value instanceof Uint8Array
    case 'array':
      return Array.isArray(value)
    case 'map':
    case 'record':
      return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)
    case 'union':
      return false
  }
}

function jsonSafe(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}

const msPerDay = 86_400_000
const ticksPerSecond: Readonly<Record<string, bigint>> = {
  'timestamp-millis': 1_000n,
  'timestamp-micros': 1_000_000n,
  'timestamp-nanos': 1_000_000_000n,
  'local-timestamp-millis': 1_000n,
  'local-timestamp-micros': 1_000_000n,
  'local-timestamp-nanos': 1_000_000_000n,
  'time-millis': 1_000n,
  'time-micros': 1_000_000n,
}

function integerText(value: number | bigint, logical: LogicalType | null): unknown {
  const plain = typeof value === 'bigint' ? value.toString() : value
  if (logical === null) return plain
  if (logical.name === 'date') return dateText(Number(value) * msPerDay)?.slice(0, 10) ?? plain
  const perSecond = ticksPerSecond[logical.name]
  if (perSecond === undefined) return plain
  const ticks = BigInt(value)
  const seconds = ticks >= 0n ? ticks / perSecond : -((-ticks + perSecond - 1n) / perSecond)
  const digits = String(perSecond).length - 1
  const fraction = String(ticks - seconds * perSecond).padStart(digits, '0')
  const date = dateText(Number(seconds) * 1_000)
  if (date === null) return plain
  const text = `${date.slice(0, 19)}.${fraction}`
  if (logical.name.startsWith('time-')) return text.slice(11)
  return logical.name.startsWith('local-') ? text : `${text}Z`
}

function dateText(unixMs: number): string | null {
  const date = new Date(unixMs)
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999 || date.getUTCFullYear() < 0
    ? null
    : date.toISOString()
}

function bytesText(bytes: Uint8Array, logical: LogicalType | null): unknown {
  if (logical?.name === 'decimal' && bytes.length > 0) return decimalText(bytes, logical.scale)
  if (logical?.name === 'duration' && bytes.length === 12) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const [months, days, ms] = [0, 4, 8].map((at) => view.getUint32(at, true))
    return `P${months}M${days}DT${(ms ?? 0) / 1_000}S`
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function decimalText(bytes: Uint8Array, scale: number): string {
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
  return unscaled < 0n ? `-${text}` : text
}
