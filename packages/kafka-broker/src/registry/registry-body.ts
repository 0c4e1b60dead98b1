import type { OfferedSchema, VersionName } from './registry.ts'
import { RegistryError } from './registry-error.ts'
import {
  type CompatibilityLevel,
  compatibilityLevels,
  type RegistryKey,
  type RegistryMode,
  type RegistryRecord,
  registryModes,
  type SchemaReference,
} from './registry-state.ts'

/* What clients send, checked. Every function throws RegistryError. */

type Table = Readonly<Record<string, unknown>>

export function tableOf(value: unknown): Table {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Table
  throw new RegistryError(400, 'The body has to be a JSON object')
}

export function offeredSchema(body: unknown): OfferedSchema {
  const { schema, schemaType, references, metadata, id, version } = tableOf(body)
  if (typeof schema !== 'string' || schema.trim() === '') throw new RegistryError(42201, 'Empty schema')
  return {
    schema,
    schemaType: typeof schemaType === 'string' && schemaType !== '' ? schemaType.toUpperCase() : 'AVRO',
    references: Array.isArray(references) ? references.map(referenceOf) : [],
    ...(typeof metadata === 'object' && metadata !== null ? { metadata: metadata as Table } : {}),
    ...(isId(id) ? { id } : {}),
    ...(isId(version) ? { version } : {}),
  }
}

/** Clients send 0 and -1 for none. */
function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0x7fff_ffff
}

function referenceOf(value: unknown): SchemaReference {
  const { name, subject, version } = tableOf(value)
  if (typeof name === 'string' && typeof subject === 'string' && typeof version === 'number')
    return { name, subject, version }
  throw new RegistryError(42201, 'Invalid schema: a reference needs name, subject and version')
}

export function versionName(text: string): VersionName {
  if (text === 'latest' || text === '-1') return 'latest'
  if (/^[1-9]\d{0,9}$/.test(text) && Number(text) <= 0x7fff_ffff) return Number(text)
  const range = 'a value between 1 and 2^31-1 or the string "latest"'
  throw new RegistryError(
    42202,
    `The specified version '${text}' is not a valid version id. Allowed: ${range}.`,
  )
}

export function levelOf(body: unknown): CompatibilityLevel {
  const { compatibility } = tableOf(body)
  const level = compatibilityLevels.find((one) => one === String(compatibility).toUpperCase())
  if (level !== undefined) return level
  throw new RegistryError(
    42203,
    `Invalid compatibility level. Valid values are ${compatibilityLevels.join(', ')}`,
  )
}

export function modeOf(body: unknown): RegistryMode {
  const { mode } = tableOf(body)
  const known = registryModes.find((one) => one === String(mode).toUpperCase())
  if (known !== undefined) return known
  throw new RegistryError(42204, `Invalid mode. Valid values are ${registryModes.join(', ')}`)
}

/** Lines of `{"key": ..., "value": ...}`, as a console consumer prints the topic `_schemas`. */
export function recordLines(text: string): readonly RegistryRecord[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line, i) => recordOf(line, i + 1) ?? [])
}

function recordOf(line: string, number: number): RegistryRecord | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new RegistryError(400, `Line ${number} is no JSON`)
  }
  const { key, value = null } = tableOf(parsed)
  const { keytype, subject = null, version } = tableOf(key)
  const name = typeof subject === 'string' ? subject : null
  switch (keytype) {
    case 'SCHEMA':
      if (name === null || !isId(version) || !isEntry(value))
        throw new RegistryError(400, `Line ${number} is no record of a schema`)
      return { key: { keytype, subject: name, version, magic: 1 }, value }
    case 'CONFIG':
      return {
        key: keyOf(keytype, name),
        value: value === null ? null : { compatibilityLevel: levelOfRecord(value) },
      }
    case 'MODE':
      return { key: keyOf(keytype, name), value: value === null ? null : { mode: modeOf(value) } }
    case 'DELETE_SUBJECT':
      if (name === null) throw new RegistryError(400, `Line ${number} names no subject`)
      return { key: { keytype, subject: name, magic: 0 }, value }
    default:
      return null // NOOP and CLEAR_SUBJECT of a real registry say nothing that a reader has to keep
  }
}

function keyOf(keytype: 'CONFIG' | 'MODE', subject: string | null): RegistryKey {
  return { keytype, subject, magic: 0 }
}

function levelOfRecord(value: unknown): CompatibilityLevel {
  return levelOf({ compatibility: tableOf(value)['compatibilityLevel'] })
}

function isEntry(value: unknown): boolean {
  if (value === null) return true
  const { subject, version, id, schema } = tableOf(value)
  return typeof subject === 'string' && isId(version) && isId(id) && typeof schema === 'string'
}
