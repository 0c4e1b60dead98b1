import { StreamFormatError } from '../error.ts'

/* Avro schema declaration (Avro specification 1.11, "Schema Declaration"), names resolved.
 * A name without a dot belongs to the namespace given beside it, else to that of the enclosing definition. */

export const primitiveKinds = [
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
] as const
export type PrimitiveKind = (typeof primitiveKinds)[number]

/** What a number or some bytes stand for. */
export interface LogicalType {
  readonly name: string
  /** Digits after the point of a `decimal`. */
  readonly scale: number
}

export type AvroNode =
  | { readonly kind: PrimitiveKind; readonly logical: LogicalType | null }
  | {
      readonly kind: 'record'
      readonly name: string
      readonly fields: { readonly name: string; readonly node: AvroNode }[]
    }
  | { readonly kind: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | {
      readonly kind: 'fixed'
      readonly name: string
      readonly sizeBytes: number
      readonly logical: LogicalType | null
    }
  | { readonly kind: 'array'; readonly items: AvroNode }
  | { readonly kind: 'map'; readonly values: AvroNode }
  | { readonly kind: 'union'; readonly branches: readonly AvroNode[] }

/** Definitions within definitions; real schemas have about ten. */
const maxDepth = 128

export function invalidSchema(message: string, cause?: unknown): StreamFormatError {
  return new StreamFormatError({
    code: 'STREAM_SCHEMA_UNKNOWN',
    message: `this is no Avro schema: ${message}`,
    remedy: 'Give the schema as the registry or the file has it.',
    cause,
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPrimitive(name: string): name is PrimitiveKind {
  return (primitiveKinds as readonly string[]).includes(name)
}

/** Resolves a schema given as parsed JSON. Throws STREAM_SCHEMA_UNKNOWN. */
export function buildAvroNode(schema: unknown): AvroNode {
  return new NodeBuilder().build(schema, '', 0)
}

class NodeBuilder {
  readonly #named = new Map<string, AvroNode>()

  build(schema: unknown, namespace: string, depth: number): AvroNode {
    if (depth > maxDepth) throw invalidSchema(`definitions are nested deeper than ${maxDepth}`)
    if (typeof schema === 'string') return this.#byName(schema, namespace)
    if (Array.isArray(schema))
      return { kind: 'union', branches: schema.map((one: unknown) => this.build(one, namespace, depth + 1)) }
    if (!isObject(schema)) throw invalidSchema(`${JSON.stringify(schema)} is neither name nor definition`)
    const { type } = schema
    if (typeof type !== 'string') return this.build(type, namespace, depth + 1)
    const logical = logicalOf(schema)
    if (isPrimitive(type)) return { kind: type, logical }
    switch (type) {
      case 'array':
        return { kind: 'array', items: this.build(schema['items'], namespace, depth + 1) }
      case 'map':
        return { kind: 'map', values: this.build(schema['values'], namespace, depth + 1) }
      case 'record':
      case 'error':
        return this.#record(schema, namespace, depth)
      case 'enum':
        return this.#define(fullName(schema, namespace), (name) => ({
          kind: 'enum',
          name,
          symbols: texts(schema['symbols']),
        }))
      case 'fixed':
        return this.#define(fullName(schema, namespace), (name) => ({
          kind: 'fixed',
          name,
          sizeBytes: sizeOf(schema['size']),
          logical,
        }))
      default:
        return this.#byName(type, namespace)
    }
  }

  #define(name: string, make: (name: string) => AvroNode): AvroNode {
    const node = make(name)
    this.#named.set(name, node)
    return node
  }

  #record(schema: Readonly<Record<string, unknown>>, namespace: string, depth: number): AvroNode {
    const name = fullName(schema, namespace)
    const fields: { name: string; node: AvroNode }[] = []
    const node = this.#define(name, () => ({ kind: 'record', name, fields })) // before its fields: it may hold itself
    const inner = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : ''
    if (!Array.isArray(schema['fields'])) throw invalidSchema(`record ${name} has no list of fields`)
    for (const field of schema['fields'] as readonly unknown[]) {
      if (!isObject(field) || typeof field['name'] !== 'string')
        throw invalidSchema(`a field of ${name} has no name`)
      fields.push({ name: field['name'], node: this.build(field['type'], inner, depth + 1) })
    }
    return node
  }

  #byName(name: string, namespace: string): AvroNode {
    if (isPrimitive(name)) return { kind: name, logical: null }
    const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
    const node = this.#named.get(full) ?? this.#named.get(name)
    if (node === undefined) throw invalidSchema(`${name} is not defined before it is used`)
    return node
  }
}

function fullName(schema: Readonly<Record<string, unknown>>, namespace: string): string {
  const { name, namespace: own } = schema
  if (typeof name !== 'string' || name === '') throw invalidSchema('a definition has no name')
  if (name.includes('.')) return name
  const space = typeof own === 'string' ? own : namespace
  return space === '' ? name : `${space}.${name}`
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw invalidSchema('an enum has no list of symbols')
  return value
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > 1_073_741_824)
    throw invalidSchema('the size of a fixed is no number of bytes')
  return value
}

function logicalOf(schema: Readonly<Record<string, unknown>>): LogicalType | null {
  const { logicalType, scale } = schema
  if (typeof logicalType !== 'string') return null
  return { name: logicalType, scale: typeof scale === 'number' ? scale : 0 }
}

/**
 * One self-contained schema out of several that name each other's definitions, as a folder of `.avsc` files does.
 * The last one is the root; the others are put in where they are first used.
 */
export function joinAvroSchemas(parsed: readonly unknown[]): unknown {
  const known = new Map<string, unknown>()
  for (const schema of parsed.slice(0, -1)) if (isObject(schema)) known.set(fullName(schema, ''), schema)
  return new Joiner(known).place(parsed.at(-1), '', 0)
}

class Joiner {
  readonly #known: ReadonlyMap<string, unknown>
  readonly #placed = new Set<string>()

  constructor(known: ReadonlyMap<string, unknown>) {
    this.#known = known
  }

  place(schema: unknown, namespace: string, depth: number): unknown {
    if (depth > maxDepth) throw invalidSchema(`definitions are nested deeper than ${maxDepth}`)
    if (typeof schema === 'string') return this.#named(schema, namespace, depth)
    if (Array.isArray(schema)) return schema.map((one: unknown) => this.place(one, namespace, depth + 1))
    if (!isObject(schema)) return schema
    const isNamed = typeof schema['name'] === 'string' && schema['type'] !== undefined
    const name = isNamed ? fullName(schema, namespace) : ''
    if (isNamed) this.#placed.add(name)
    const inner = isNamed && name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : namespace
    const joined: Record<string, unknown> = { ...schema }
    for (const part of isNamed ? ['items', 'values'] : ['type', 'items', 'values'])
      if (part in schema) joined[part] = this.place(schema[part], inner, depth + 1)
    const { fields } = schema
    if (Array.isArray(fields))
      joined['fields'] = fields.map((field: unknown) =>
        isObject(field) ? { ...field, type: this.place(field['type'], inner, depth + 1) } : field,
      )
    return joined
  }

  #named(schema: string, namespace: string, depth: number): unknown {
    const full = schema.includes('.') || namespace === '' ? schema : `${namespace}.${schema}`
    const name = this.#known.has(full) ? full : schema
    const isNew = this.#known.has(name) && !this.#placed.has(name)
    return isNew ? this.place(this.#known.get(name), '', depth + 1) : schema
  }
}
