import { schemasToTry, summaryOf } from '../alerts/alert-fields.ts'
import { readAlert } from '../alerts/read-alert.ts'
import { pythonLocalTime } from '../alerts/python-text.ts'
import type { StreamSource } from '../source/stream-source.ts'
import { contentJson, messageContent } from './message-json.ts'
import { type MessageChoice, SchemaShelf, type StreamMessage, streamMessages } from './stream-messages.ts'

const maxLine = 160

/** One line for each message: alerts as the alert simulator prints them, others with their place, key and content. */
export async function* printLines(
  source: StreamSource,
  options: MessageChoice & { readonly schemaTexts?: readonly string[] } = {},
): AsyncGenerator<string> {
  const shelf = new SchemaShelf(source)
  const schemas = schemasToTry(options.schemaTexts ?? [])
  for await (const message of streamMessages(source, options)) {
    await shelf.load(message.value)
    yield alertLine(message, shelf, schemas) ?? otherLine(message, shelf)
  }
}

function alertLine(
  { value, timestampMs }: StreamMessage,
  shelf: SchemaShelf,
  schemas: ReturnType<typeof schemasToTry>,
): string | null {
  const alert = value === null ? null : readAlert(value, shelf.get, schemas)
  const summary = summaryOf(alert)
  if (alert === null) return null
  return `${pythonLocalTime(timestampMs)}  id=${summary.id}  len(history)=${summary.historyLength}  size=${value?.length ?? 0}`
}

function otherLine(
  { topic, partition, offset, timestampMs, key, value }: StreamMessage,
  shelf: SchemaShelf,
): string {
  const content = messageContent(value, shelf.get)
  const place = `${topic}[${partition}]@${offset}`
  const keyText = key === null ? '' : `key=${Buffer.from(key).toString().slice(0, 40)}  `
  const what =
    content.kind === 'bytes'
      ? Buffer.from(content.bytes.subarray(0, 32)).toString('hex')
      : contentJson(content)
  const line = `${pythonLocalTime(timestampMs)}  ${place}  ${keyText}size=${value?.length ?? 0}  ${what.replaceAll(/\s+/g, ' ')}`
  return line.length > maxLine ? `${line.slice(0, maxLine - 1)}…` : line
}
