import type { EventDescriptor, NamedDocument } from './documents.ts'
import { asFloat, asIs, MsgpackWriter } from './msgpack-writer.ts'

export interface DocumentEncoderOptions {
  /** false writes typed arrays as lists, for readers without msgpack-numpy. Default true. */
  readonly numpy?: boolean
}

export interface DocumentEncoder {
  /** msgpack of `[name, document]`. Numbers that the format means as floats (times, timestamps, data of dtype
   * 'number') are float64 even when integral; for data that needs the descriptor to have passed through this encoder
   * before. Throws EVENT_MODEL_NOT_SERIALISABLE. */
  encode(named: NamedDocument): Uint8Array
}

/** Descriptors remembered for float typing; the oldest is forgotten. */
const maxDescriptors = 1000

type Fields = Readonly<Record<string, unknown>>

/** Makes an encoder, which remembers descriptors. About 1 µs for an event of four keys. */
export function createDocumentEncoder(options: DocumentEncoderOptions = {}): DocumentEncoder {
  const writer = new MsgpackWriter({ numpy: options.numpy ?? true })
  const floatKeys = new Map<string, ReadonlySet<string>>()

  const remember = (doc: EventDescriptor): void => {
    floatKeys.set(doc.uid, floatKeysOf(doc.data_keys))
    if (floatKeys.size > maxDescriptors) {
      const oldest = floatKeys.keys().next()
      if (oldest.done !== true) floatKeys.delete(oldest.value)
    }
  }

  return {
    encode(named) {
      const [name, doc] = named
      writer.reset()
      writer.arrayHeader(2)
      writer.string(name)
      switch (name) {
        case 'descriptor':
          remember(doc)
          writeDescriptor(writer, doc)
          break
        case 'event':
        case 'event_page':
          writeEvent(writer, doc as unknown as Fields, floatKeys.get(doc.descriptor))
          break
        case 'bulk_events':
          writer.mapHeader(Object.keys(doc).length)
          for (const [key, events] of Object.entries(doc)) {
            writer.string(key)
            writer.arrayHeader(events.length)
            for (const event of events) {
              writeEvent(writer, event as unknown as Fields, floatKeys.get(event.descriptor))
            }
          }
          break
        case 'start':
        case 'stop':
          writeTimed(writer, doc)
          break
        case 'resource':
        case 'datum':
        case 'datum_page':
        case 'stream_resource':
        case 'stream_datum':
        case 'bulk_datum':
          writer.record(doc as unknown as Fields, asIs)
      }
      return writer.take()
    },
  }
}

function writeTimed(writer: MsgpackWriter, doc: Fields): void {
  writeFields(writer, doc, (key, value) => writer.value(value, key === 'time' ? asFloat : asIs))
}

/* Columns of a page follow the same rule as the values of an event, so one function writes both. */
function writeEvent(writer: MsgpackWriter, doc: Fields, floatKeys: ReadonlySet<string> | undefined): void {
  const keys = Object.keys(doc)
  let size = keys.length
  for (const key of keys) if (doc[key] === undefined) size--
  writer.mapHeader(size)
  for (const key of keys) {
    const value = doc[key]
    if (value === undefined) continue
    writer.string(key)
    if (key === 'time' || key === 'timestamps') writer.value(value, asFloat)
    else if (key === 'data' && floatKeys !== undefined) writeData(writer, value as Fields, floatKeys)
    else writer.value(value, asIs)
  }
}

function writeData(writer: MsgpackWriter, data: Fields, floatKeys: ReadonlySet<string>): void {
  const keys = Object.keys(data)
  writer.mapHeader(keys.length)
  for (const key of keys) {
    writer.string(key)
    writer.value(data[key], floatKeys.has(key) ? asFloat : asIs)
  }
}

function writeDescriptor(writer: MsgpackWriter, doc: EventDescriptor): void {
  writeFields(writer, doc, (key, value) => {
    if (key !== 'configuration') return writer.value(value, key === 'time' ? asFloat : asIs)
    writeFields(writer, value as Fields, (_object, configuration) => {
      const floats = floatKeysOf(
        (configuration as { data_keys?: EventDescriptor['data_keys'] }).data_keys ?? {},
      )
      writeFields(writer, configuration as Fields, (field, content) => {
        if (field === 'data') writeData(writer, content as Fields, floats)
        else writer.value(content, field === 'timestamps' ? asFloat : asIs)
      })
    })
  })
}

function writeFields(
  writer: MsgpackWriter,
  record: Fields,
  write: (key: string, value: unknown) => void,
): void {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined)
  writer.mapHeader(entries.length)
  for (const [key, value] of entries) {
    writer.string(key)
    write(key, value)
  }
}

/* Scalars of dtype 'number'; arrays whose numpy code is a float. */
function floatKeysOf(dataKeys: EventDescriptor['data_keys']): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const [key, dataKey] of Object.entries(dataKeys)) {
    const code = dataKey.dtype_numpy
    const floatArray = dataKey.dtype === 'array' && typeof code === 'string' && /^[|<>]f/.test(code)
    if (dataKey.dtype === 'number' || floatArray) keys.add(key)
  }
  return keys
}
