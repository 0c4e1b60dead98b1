import type { AlertHead } from '@beamtime/stream-replay'
import type { ReadMessage } from './message-rows.ts'

const longest = 160

/** One line that tells a person what a message is. */
export function summaryLine({ content, message }: ReadMessage, alert: AlertHead | null): string {
  if (alert !== null) return alertLine(alert)
  switch (content.kind) {
    case 'none':
      return '(no value)'
    case 'bytes':
      return Buffer.from(content.bytes.subarray(0, 24)).toString('hex').replaceAll(/(..)/g, '$1 ').trim()
    case 'text':
      return cut(content.text)
    case 'json':
      return cut(content.text)
    case 'document':
      return documentLine(content.name, content.json)
    case 'flatbuffer':
      return flatbufferLine(content.id, content.value)
    case 'avro':
      return `${message.value?.length ?? 0} bytes of Avro`
  }
}

function cut(text: string): string {
  const line = text.slice(0, longest * 2).replaceAll(/\s+/g, ' ')
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

type Fields = Readonly<Record<string, unknown>>

function alertLine({ objectId, id, band, mag, magErr, historyLength }: AlertHead): string {
  const brightness =
    mag === null ? '' : ` · ${mag.toFixed(2)}${magErr === null ? '' : ` ± ${magErr.toFixed(2)}`} mag`
  return `${objectId ?? id}${band === null ? '' : ` · ${band}`}${brightness} · ${historyLength} earlier`
}

function documentLine(name: string, json: string): string {
  const document = fieldsOf((JSON.parse(json) as Fields)['doc'])
  const text = (key: string): string => textOf(document[key])
  switch (name) {
    case 'start':
      return parts(`scan ${text('scan_id')}`, text('plan_name'), text('sample'))
    case 'stop':
      return parts(text('exit_status'), text('reason'))
    case 'descriptor':
      return parts(text('name'), Object.keys(fieldsOf(document['data_keys'])).join(', '))
    case 'event':
      return parts(
        text('seq_num'),
        Object.entries(fieldsOf(document['data']))
          .map(([key, value]) => `${key} = ${textOf(value)}`)
          .join(', '),
      )
    default:
      return cut(json)
  }
}

function flatbufferLine(id: string, value: unknown): string {
  const fields = fieldsOf(value)
  const source = textOf(fields['source_name'] ?? fields['name'] ?? fields['service_id'] ?? fields['job_id'])
  return parts(source, whatIt(id, fields))
}

function whatIt(id: string, fields: Fields): string {
  switch (id) {
    case 'ev44':
    case 'ev42':
      return `${lengthOf(fields['time_of_flight'])} events`
    case 'f144':
    case 'f142':
      return textOf(fields['value'])
    case 'da00': {
      const [first] = Array.isArray(fields['data']) ? (fields['data'] as readonly unknown[]) : []
      const shape = fieldsOf(first)['shape']
      return shape === undefined ? '' : `shape ${textOf(shape)}`
    }
    case 'ad00':
      return `${textOf(fields['dimensions'])} pixels`
    case 'x5f2':
      return cut(textOf(fields['status_json']))
    case 'pl72':
      return textOf(fields['run_name'])
    case 'al00':
      return textOf(fields['message'])
    default:
      return ''
  }
}

function lengthOf(value: unknown): string {
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return (value as unknown as ArrayLike<unknown>).length.toLocaleString('en')
  return '0'
}

function parts(...texts: readonly string[]): string {
  return cut(texts.filter((text) => text !== '').join(' · '))
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(6)
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'string')
    return String(value)
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<number>)
      .slice(0, 8)
      .join(' × ')
  return cut(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)))
}
