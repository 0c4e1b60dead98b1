import { type AvroField, type AvroType, isNamed } from './avro-schema.ts'

type RecordType = Extract<AvroType, { kind: 'record' }>
type EnumType = Extract<AvroType, { kind: 'enum' }>

/** What a type can be read as beside itself. Source: Avro specification 1.12, "Schema Resolution". */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

interface Context {
  /** Pairs of named types that are being compared further up: recursion ends there. */
  readonly open: Set<string>
  readonly problems: string[]
}

/** Why data written with `writer` cannot be read with `reader`; empty when it can. */
export function readingProblems(reader: AvroType, writer: AvroType): readonly string[] {
  const context: Context = { open: new Set(), problems: [] }
  compare(reader, writer, { ...context, path: '/' })
  return context.problems
}

type At = Context & { readonly path: string }

function inside(at: At, step: string): At {
  return { ...at, path: at.path === '/' ? `/${step}` : `${at.path}/${step}` }
}

function report(at: At, kind: string, detail: string): void {
  at.problems.push(`{errorType:'${kind}', description:'${detail}', path:'${at.path}'}`)
}

/** Without reporting: for the branches of unions. */
function isReadable(reader: AvroType, writer: AvroType, at: At): boolean {
  const problems: string[] = []
  compare(reader, writer, { open: new Set(at.open), problems, path: at.path })
  return problems.length === 0
}

function compare(reader: AvroType, writer: AvroType, at: At): void {
  if (writer.kind === 'union') {
    // Whatever was written has to be readable.
    for (const [i, branch] of writer.branches.entries()) compare(reader, branch, inside(at, String(i)))
    return
  }
  if (reader.kind === 'union') {
    if (!reader.branches.some((branch) => isReadable(branch, writer, at)))
      report(at, 'MISSING_UNION_BRANCH', `the reader's union has no branch for ${describe(writer)}`)
    return
  }
  if (reader.kind !== writer.kind) {
    if (promotions[writer.kind]?.includes(reader.kind) === true) return
    report(at, 'TYPE_MISMATCH', `reader type ${describe(reader)} cannot read writer type ${describe(writer)}`)
    return
  }
  if (reader.kind === 'array' && writer.kind === 'array')
    compare(reader.items, writer.items, inside(at, 'items'))
  else if (reader.kind === 'map' && writer.kind === 'map')
    compare(reader.values, writer.values, inside(at, 'values'))
  else if (isNamed(reader) && isNamed(writer)) compareNamed(reader, writer, at)
}

function describe(type: AvroType): string {
  return isNamed(type) ? `${type.kind} ${type.fullName}` : type.kind
}

function compareNamed(
  reader: Extract<AvroType, { fullName: string }>,
  writer: Extract<AvroType, { fullName: string }>,
  at: At,
): void {
  const pair = `${reader.fullName}\n${writer.fullName}`
  if (at.open.has(pair)) return
  if (!isSameName(reader, writer)) {
    report(at, 'NAME_MISMATCH', `expected ${writer.fullName}, found ${reader.fullName}`)
    return
  }
  at.open.add(pair)
  if (reader.kind === 'fixed' && writer.kind === 'fixed') {
    if (reader.size !== writer.size)
      report(inside(at, 'size'), 'FIXED_SIZE_MISMATCH', `expected ${writer.size}, found ${reader.size}`)
  } else if (reader.kind === 'enum' && writer.kind === 'enum') compareEnums(reader, writer, at)
  else if (reader.kind === 'record' && writer.kind === 'record') compareRecords(reader, writer, at)
  at.open.delete(pair)
}

/** By name without namespace, or by an alias of the reader. */
function isSameName(
  reader: { fullName: string; aliases: readonly string[] },
  writer: { fullName: string },
): boolean {
  return lastPart(reader.fullName) === lastPart(writer.fullName) || reader.aliases.includes(writer.fullName)
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

function compareEnums(reader: EnumType, writer: EnumType, at: At): void {
  if (reader.fallback !== null) return
  const missing = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol))
  if (missing.length > 0)
    report(
      inside(at, 'symbols'),
      'MISSING_ENUM_SYMBOLS',
      `the reader lacks the symbols ${missing.join(', ')}`,
    )
}

function compareRecords(reader: RecordType, writer: RecordType, at: At): void {
  for (const [i, field] of reader.fields.entries()) {
    const place = inside(at, `fields/${i}`)
    const written = writtenField(field, writer)
    if (written !== undefined) compare(field.type, written.type, inside(place, 'type'))
    else if (!field.hasDefault)
      report(
        place,
        'READER_FIELD_MISSING_DEFAULT_VALUE',
        `the field ${field.name} is not in the writer's schema and has no default value`,
      )
  }
}

function writtenField(field: AvroField, writer: RecordType): AvroField | undefined {
  return writer.fields.find(({ name }) => name === field.name || field.aliases.includes(name))
}
