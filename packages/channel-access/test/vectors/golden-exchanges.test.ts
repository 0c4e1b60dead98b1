import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFrameDecoder, type Frame } from '../../src/core/frame-decoder.ts'
import { dbrTypes } from '../../src/dbr/dbr-type.ts'
import { decodeDbr } from '../../src/dbr/decode-dbr.ts'
import { encodeDbr } from '../../src/dbr/encode-dbr.ts'
import { accessRights } from '../../src/messages/access-rights.ts'
import { beacon } from '../../src/messages/beacon.ts'
import { clearChannel } from '../../src/messages/clear-channel.ts'
import { clientName } from '../../src/messages/client-name.ts'
import { createChannelFail } from '../../src/messages/create-channel-fail.ts'
import { createChannelReply, createChannelRequest } from '../../src/messages/create-channel.ts'
import { echo } from '../../src/messages/echo.ts'
import { eventAddReply, eventAddRequest } from '../../src/messages/event-add.ts'
import { eventCancel } from '../../src/messages/event-cancel.ts'
import { readHeader, type Header } from '../../src/messages/header.ts'
import { hostName } from '../../src/messages/host-name.ts'
import { readNotifyReply, readNotifyRequest } from '../../src/messages/read-notify.ts'
import { searchReply, searchRequest } from '../../src/messages/search.ts'
import { datagramVersion, version } from '../../src/messages/version.ts'
import { writeNotifyReply, writeNotifyRequest } from '../../src/messages/write-notify.ts'
import { writeRequest } from '../../src/messages/write.ts'

interface Codec {
  readonly kind: string
  encode(fields: Record<string, unknown>): Uint8Array
  decode(header: Header, payload: Uint8Array): Record<string, unknown>
}

const codecs: Record<string, unknown> = {
  accessRights,
  beacon,
  clearChannel,
  clientName,
  createChannelFail,
  createChannelReply,
  createChannelRequest,
  datagramVersion,
  echo,
  eventAddReply,
  eventAddRequest,
  eventCancel,
  hostName,
  readNotifyReply,
  readNotifyRequest,
  searchReply,
  searchRequest,
  version,
  writeNotifyReply,
  writeNotifyRequest,
  writeRequest,
}

interface MessageVector {
  readonly name: string
  readonly codec: string
  readonly hex: string
  readonly fields: Record<string, unknown>
}

interface ValueVector {
  readonly name: string
  readonly dbr: number
  readonly count: number
  readonly hex: string
  readonly padding?: number
  readonly reading: {
    readonly value: number | string | number[]
    readonly status: number
    readonly severity: number
    readonly time?: { readonly epicsSeconds: number; readonly nanoseconds: number }
    readonly meta?: Parameters<typeof encodeDbr>[1]['meta']
  }
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-exchanges.json'), 'utf8')) as {
  messages: MessageVector[]
  values: ValueVector[]
}
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function codecOf(name: string): Codec {
  const codec = codecs[name]
  if (codec === undefined) throw new Error(`no codec ${name}`)
  return codec as Codec
}

function fieldsOf(vector: MessageVector): Record<string, unknown> {
  const { payload } = vector.fields
  return typeof payload === 'string' ? { ...vector.fields, payload: bytesOf(payload) } : vector.fields
}

test.each(vectors.messages)('$name decodes to its fields', (vector) => {
  const bytes = bytesOf(vector.hex)
  const header = readHeader(bytes, 0, bytes.length)
  if (header === undefined) throw new Error('no header')
  const decoded = codecOf(vector.codec).decode(header, bytes.subarray(header.headerBytes))
  expect(decoded).toEqual({ kind: codecOf(vector.codec).kind, ...fieldsOf(vector) })
})

test.each(vectors.messages)('$name encodes to its bytes', (vector) => {
  expect(hexOf(codecOf(vector.codec).encode(fieldsOf(vector)))).toBe(vector.hex.replaceAll(' ', ''))
})

test.each(vectors.messages)('$name is complete only with its last byte', (vector) => {
  const bytes = bytesOf(vector.hex)
  const decoder = createFrameDecoder({ maxPayloadBytes: 1024 })
  const frames: Frame[] = []
  for (let i = 0; i < bytes.length; i++) {
    expect(frames).toHaveLength(0)
    decoder.feed(bytes.subarray(i, i + 1), (frame) => frames.push(frame))
  }
  expect(frames).toMatchObject([{ kind: 'message', payload: bytes.slice(16) }])
})

test.each(vectors.values)('$name decodes to its reading', (vector) => {
  const payload = Uint8Array.from([...bytesOf(vector.hex), ...new Uint8Array(vector.padding ?? 0)])
  const reading = decodeDbr({ dbr: vector.dbr, count: vector.count, payload, scalar: vector.count === 1 })
  const { value } = reading
  expect({ ...reading, value: typeof value === 'object' ? Array.from<unknown>(value) : value }).toMatchObject(
    vector.reading,
  )
})

test.each(vectors.values)('$name encodes to its bytes', (vector) => {
  const { value } = vector.reading
  const encoded = encodeDbr(vector.dbr, {
    value: Array.isArray(value) ? Int32Array.from(value) : value,
    status: vector.reading.status,
    severity: vector.reading.severity,
    time: vector.reading.time ?? null,
    meta: vector.reading.meta ?? null,
    acknowledge: null,
  })
  expect(hexOf(encoded)).toBe(vector.hex.replaceAll(' ', ''))
})

test('every type starts and ends where the C library says', () => {
  // [id, offset, size of one element with what stands before it]
  const printed = [
    [0, 0, 40], [1, 0, 2], [2, 0, 4], [3, 0, 2], [4, 0, 1], [5, 0, 4], [6, 0, 8],
    [7, 4, 44], [8, 4, 6], [9, 4, 8], [10, 4, 6], [11, 5, 6], [12, 4, 8], [13, 8, 16],
    [14, 12, 52], [15, 14, 16], [16, 12, 16], [17, 14, 16], [18, 15, 16], [19, 12, 16], [20, 16, 24],
    [21, 4, 44], [22, 24, 26], [23, 40, 44], [24, 422, 424], [25, 19, 20], [26, 36, 40], [27, 64, 72],
    [28, 4, 44], [29, 28, 30], [30, 48, 52], [31, 422, 424], [32, 21, 22], [33, 44, 48], [34, 80, 88],
    [35, 0, 2], [36, 0, 2], [37, 8, 48], [38, 0, 40],
  ]
  expect(dbrTypes.map((type) => [type.id, type.offsetBytes, type.offsetBytes + type.elementBytes])).toEqual(printed)
})
