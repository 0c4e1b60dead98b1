import type { BusHeader, OutgoingRecord } from '@beamtime/bus'

/** A line that is not what --reader-property says; ends kafka-console-producer.sh. */
export class KafkaLineError extends Error {
  override readonly name = 'KafkaLineError'
}

interface LineSettings {
  readonly topic: string
  readonly parsesKey: boolean
  readonly parsesHeaders: boolean
  readonly ignoresError: boolean
  readonly keySeparator: string
  readonly headersDelimiter: string
  readonly headersSeparator: string
  readonly headersKeySeparator: string
  readonly nullMarker: string | null
}

/** Makes records of lines, as Kafka's LineMessageReader does with these properties. */
export function lineReader(
  topic: string,
  properties: ReadonlyMap<string, string>,
): (line: string, lineNumber: number) => OutgoingRecord {
  const isTrue = (name: string): boolean => properties.get(name)?.trim().toLowerCase() === 'true'
  const settings: LineSettings = {
    topic,
    parsesKey: isTrue('parse.key'),
    parsesHeaders: isTrue('parse.headers'),
    ignoresError: isTrue('ignore.error'),
    keySeparator: properties.get('key.separator') ?? '\t',
    headersDelimiter: properties.get('headers.delimiter') ?? '\t',
    headersSeparator: properties.get('headers.separator') ?? ',',
    headersKeySeparator: properties.get('headers.key.separator') ?? ':',
    nullMarker: properties.get('null.marker') ?? null,
  }
  return (line, lineNumber) => recordOf(line, lineNumber, settings)
}

function recordOf(line: string, lineNumber: number, settings: LineSettings): OutgoingRecord {
  const { topic, parsesKey, parsesHeaders, nullMarker } = settings
  const headers = parsesHeaders
    ? cut(line, { separator: settings.headersDelimiter, what: 'headers delimiter', lineNumber }, settings)
    : { before: null, after: line }
  const key = parsesKey
    ? cut(headers.after, { separator: settings.keySeparator, what: 'key separator', lineNumber }, settings)
    : { before: null, after: headers.after }
  const orNull = (text: string): string | null => (text === nullMarker ? null : text)
  const parsed =
    headers.before === null || headers.before === nullMarker
      ? []
      : headersOf(headers.before, lineNumber, settings)
  return {
    topic,
    key: key.before === null ? null : orNull(key.before),
    value: orNull(key.after),
    ...(parsed.length === 0 ? {} : { headers: parsed }),
  }
}

interface Cut {
  readonly separator: string
  readonly what: string
  readonly lineNumber: number
}

function cut(
  text: string,
  { separator, what, lineNumber }: Cut,
  { ignoresError }: LineSettings,
): { readonly before: string | null; readonly after: string } {
  const at = text.indexOf(separator)
  if (at >= 0) return { before: text.slice(0, at), after: text.slice(at + separator.length) }
  if (ignoresError) return { before: null, after: text }
  throw new KafkaLineError(`No ${what} found on line number ${lineNumber}: '${text}'`)
}

function headersOf(text: string, lineNumber: number, settings: LineSettings): BusHeader[] {
  const { headersSeparator, headersKeySeparator, ignoresError, nullMarker } = settings
  return text.split(headersSeparator).map((pair) => {
    const at = pair.indexOf(headersKeySeparator)
    if (at >= 0) {
      const key = pair.slice(0, at)
      if (key === nullMarker) {
        throw new KafkaLineError(
          `Header keys should not be equal to the null marker '${nullMarker}' as they can't be null`,
        )
      }
      return { key, value: Buffer.from(pair.slice(at + headersKeySeparator.length)) }
    }
    if (ignoresError) return { key: pair, value: new Uint8Array(0) }
    throw new KafkaLineError(`No header key separator found in pair '${pair}' on line number ${lineNumber}`)
  })
}
