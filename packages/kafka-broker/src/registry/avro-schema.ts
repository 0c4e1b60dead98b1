import { RegistryError } from './registry-error.ts'

/* Avro schemas as the registry needs them: checked, with names resolved, for compatibility and identity.
 * Source: Apache Avro specification 1.12, "Schema Declaration", "Names" and "Schema Resolution". */

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
type Primitive = (typeof primitives)[number]

export interface AvroField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly hasDefault: boolean
  readonly type: AvroType
}

export type AvroType =
  | { readonly kind: Primitive }
  | {
      readonly kind: 'record'
      readonly fullName: string
      readonly aliases: readonly string[]
      readonly fields: AvroField[]
    }
  | {
      readonly kind: 'enum'
      readonly fullName: string
      readonly aliases: readonly string[]
      readonly symbols: readonly string[]
      readonly fallback: string | null
    }
  | {
      readonly kind: 'fixed'
      readonly fullName: string
      readonly aliases: readonly string[]
      readonly size: number
    }
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }

type NamedKind = 'record' | 'enum' | 'fixed'
type JsonTable = Readonly<Record<string, unknown>>

/** Deeper schemas are refused, so that no peer's schema exhausts the stack. */
const maxDepth = 100
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/

function invalid(reason: string): RegistryError {
  return new RegistryError(42201, `Invalid schema: ${reason}`)
}

/** Checks a schema. `known` gets its named types and may hold those of referenced schemas. Throws RegistryError 42201. */
export function parseAvroSchema(text: string, known: Map<string, AvroType> = new Map()): AvroType {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // A bare name, such as `string`, is what some clients send.
    if (!/^[\w.]+$/.test(text)) throw invalid('it is no JSON')
    json = text
  }
  return parse(json, { namespace: '', depth: 0, known })
}

interface Context {
  readonly namespace: string
  readonly depth: number
  readonly known: Map<string, AvroType>
}

function parse(json: unknown, context: Context): AvroType {
  if (context.depth > maxDepth) throw invalid(`it is nested more than ${maxDepth} deep`)
  const inner = { ...context, depth: context.depth + 1 }
  if (typeof json === 'string') return byName(json, context)
  if (Array.isArray(json)) return parseUnion(json, inner)
  if (typeof json !== 'object' || json === null) throw invalid(`${JSON.stringify(json)} is no type`)
  const table = json as JsonTable
  const kind = table['type']
  switch (kind) {
    case 'record':
    case 'error':
      return parseRecord(table, inner)
    case 'enum':
      return parseEnum(table, inner)
    case 'fixed':
      return parseFixed(table, inner)
    case 'array':
      return { kind, items: parse(table['items'], inner) }
    case 'map':
      return { kind, values: parse(table['values'], inner) }
    default:
      if (kind === undefined) throw invalid('a type is missing')
      return parse(kind, inner)
  }
}

function isPrimitive(name: string): name is Primitive {
  return (primitives as readonly string[]).includes(name)
}

function byName(name: string, { namespace, known }: Context): AvroType {
  if (isPrimitive(name)) return { kind: name }
  const type = known.get(fullNameOf(name, namespace)) ?? known.get(name)
  if (type === undefined) throw invalid(`unknown type ${JSON.stringify(name)}`)
  return type
}

function fullNameOf(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}

/** Name, namespace for what is inside, and aliases of a named type. */
function nameOf(
  table: JsonTable,
  context: Context,
): { fullName: string; namespace: string; aliases: string[] } {
  const { name, namespace: given } = table
  if (typeof name !== 'string' || name === '') throw invalid('a named type has no name')
  const own = typeof given === 'string' ? given : context.namespace
  const fullName = fullNameOf(name, own)
  const parts = fullName.split('.')
  if (!parts.every((part) => namePattern.test(part)))
    throw invalid(`illegal name ${JSON.stringify(fullName)}`)
  if (isPrimitive(fullName)) throw invalid(`${fullName} is the name of a primitive type`)
  if (context.known.has(fullName)) throw invalid(`cannot redefine ${fullName}`)
  const namespace = parts.slice(0, -1).join('.')
  return {
    fullName,
    namespace,
    aliases: stringsOf(table['aliases']).map((one) => fullNameOf(one, namespace)),
  }
}

function stringsOf(value: unknown): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw invalid('aliases and symbols have to be lists of texts')
  return value as string[]
}

function parseRecord(table: JsonTable, context: Context): AvroType {
  const { fullName, namespace, aliases } = nameOf(table, context)
  const { fields: given } = table
  if (!Array.isArray(given)) throw invalid(`record ${fullName} has no fields`)
  const fields: AvroField[] = []
  const record: AvroType = { kind: 'record', fullName, aliases, fields }
  context.known.set(fullName, record)
  const seen = new Set<string>()
  for (const one of given as readonly unknown[]) {
    if (typeof one !== 'object' || one === null)
      throw invalid(`record ${fullName} has a field that is no object`)
    const field = one as JsonTable
    const { name } = field
    if (typeof name !== 'string' || !namePattern.test(name))
      throw invalid(`illegal field name ${JSON.stringify(name)} in ${fullName}`)
    if (seen.has(name)) throw invalid(`duplicate field ${name} in ${fullName}`)
    seen.add(name)
    const type = parse(field['type'], { ...context, namespace })
    const hasDefault = 'default' in field
    if (hasDefault && !isDefaultOf(type, field['default']))
      throw invalid(
        `invalid default for field ${name}: ${JSON.stringify(field['default'])} is not a ${type.kind}`,
      )
    fields.push({ name, aliases: stringsOf(field['aliases']), hasDefault, type })
  }
  return record
}

function parseEnum(table: JsonTable, context: Context): AvroType {
  const { fullName, aliases } = nameOf(table, context)
  const symbols = stringsOf(table['symbols'])
  if (table['symbols'] === undefined || new Set(symbols).size < symbols.length)
    throw invalid(`enum ${fullName} needs symbols, each once`)
  const fallback = typeof table['default'] === 'string' ? table['default'] : null
  if (fallback !== null && !symbols.includes(fallback))
    throw invalid(`the default of enum ${fullName} is none of its symbols`)
  const type: AvroType = { kind: 'enum', fullName, aliases, symbols, fallback }
  context.known.set(fullName, type)
  return type
}

function parseFixed(table: JsonTable, context: Context): AvroType {
  const { fullName, aliases } = nameOf(table, context)
  const { size } = table
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0)
    throw invalid(`fixed ${fullName} has no size`)
  const type: AvroType = { kind: 'fixed', fullName, aliases, size }
  context.known.set(fullName, type)
  return type
}

function parseUnion(given: readonly unknown[], context: Context): AvroType {
  const branches = given.map((one) => parse(one, context))
  const seen = new Set<string>()
  for (const branch of branches) {
    if (branch.kind === 'union') throw invalid('a union cannot hold a union')
    const key = isNamed(branch) ? branch.fullName : branch.kind
    if (seen.has(key)) throw invalid(`duplicate in union: ${key}`)
    seen.add(key)
  }
  return { kind: 'union', branches }
}

export function isNamed(type: AvroType): type is Extract<AvroType, { kind: NamedKind }> {
  return type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed'
}

const isDefaultOfPrimitive: Readonly<Record<Primitive, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  int: Number.isInteger,
  long: Number.isInteger,
  float: isFloating,
  double: isFloating,
  bytes: (value) => typeof value === 'string',
  string: (value) => typeof value === 'string',
}

function isFloating(value: unknown): boolean {
  return typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity'
}

/** Whether a JSON value can be the default of a field; of a union, the default of any branch. */
function isDefaultOf(type: AvroType, value: unknown): boolean {
  if (isNamed(type)) return isDefaultOfNamed(type, value)
  if (type.kind === 'array') return Array.isArray(value) && value.every((one) => isDefaultOf(type.items, one))
  if (type.kind === 'map')
    return isTable(value) && Object.values(value).every((one) => isDefaultOf(type.values, one))
  if (type.kind === 'union') return type.branches.some((branch) => isDefaultOf(branch, value))
  return isDefaultOfPrimitive[type.kind](value)
}

function isDefaultOfNamed(type: Extract<AvroType, { kind: NamedKind }>, value: unknown): boolean {
  switch (type.kind) {
    case 'fixed':
      return typeof value === 'string'
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value)
    case 'record':
      return isTable(value) && type.fields.every((field) => hasFieldValue(field, value))
  }
}

function hasFieldValue(field: AvroField, value: JsonTable): boolean {
  return field.name in value ? isDefaultOf(field.type, value[field.name]) : field.hasDefault
}

function isTable(value: unknown): value is JsonTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
