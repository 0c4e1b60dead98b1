import { runStop6s4t } from './schemas/6s4t.ts'
import { ad00 } from './schemas/ad00.ts'
import { adar } from './schemas/adar.ts'
import { al00 } from './schemas/al00.ts'
import { an44 } from './schemas/an44.ts'
import { answ } from './schemas/answ.ts'
import { ar51 } from './schemas/ar51.ts'
import { da00 } from './schemas/da00.ts'
import { df12 } from './schemas/df12.ts'
import { ep00 } from './schemas/ep00.ts'
import { ep01 } from './schemas/ep01.ts'
import { ev42 } from './schemas/ev42.ts'
import { ev43 } from './schemas/ev43.ts'
import { ev44 } from './schemas/ev44.ts'
import { f142 } from './schemas/f142.ts'
import { f144 } from './schemas/f144.ts'
import { fc00 } from './schemas/fc00.ts'
import { hs00 } from './schemas/hs00.ts'
import { hs01 } from './schemas/hs01.ts'
import { json } from './schemas/json.ts'
import { pl72 } from './schemas/pl72.ts'
import { rf5k } from './schemas/rf5k.ts'
import { se00 } from './schemas/se00.ts'
import { senv } from './schemas/senv.ts'
import { tdct } from './schemas/tdct.ts'
import { wrdn } from './schemas/wrdn.ts'
import { x5f2 } from './schemas/x5f2.ts'

import { StreamFormatError } from './error.ts'
import { schemaId, type Schema } from './flatbuffers/schema.ts'

/** Every known message format by its four letters. */
export const schemas = {
  ev44,
  an44,
  ev42,
  ev43,
  da00,
  f144,
  f142,
  al00,
  ep01,
  ep00,
  ad00,
  ADAr: adar,
  hs01,
  hs00,
  x5f2,
  pl72,
  df12,
  '6s4t': runStop6s4t,
  answ,
  wrdn,
  fc00,
  rf5k,
  se00,
  senv,
  tdct,
  ar51,
  json,
} as const satisfies Readonly<Record<string, Schema>>

export type SchemaId = keyof typeof schemas

function isSchemaId(id: string): id is SchemaId {
  return Object.hasOwn(schemas, id)
}

/** Decodes a message by the name that it carries. Throws STREAM_SCHEMA_UNKNOWN and STREAM_MESSAGE_MALFORMED. */
export function decodeMessage(bytes: Uint8Array): { readonly id: SchemaId; readonly value: unknown } {
  const id = schemaId(bytes)
  if (id !== undefined && isSchemaId(id)) return { id, value: schemas[id].decode(bytes) }
  throw new StreamFormatError({
    code: 'STREAM_SCHEMA_UNKNOWN',
    message:
      id === undefined
        ? `${bytes.length} bytes are too few for a message`
        : `no schema is called ${JSON.stringify(id)}`,
    remedy: `Known schemas: ${Object.keys(schemas).join(', ')}.`,
  })
}
