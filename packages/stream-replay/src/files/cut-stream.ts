import type { StreamSource } from '../source/stream-source.ts'
import { type PlacedMessage, writeRecording } from './recording-import.ts'
import { type MessageChoice, streamMessages } from './stream-messages.ts'

/** Writes chosen messages of a source to a new recording, with offsets from 0. Resolves with their number. */
export async function cutStream(
  source: StreamSource,
  directory: string,
  choice: MessageChoice,
): Promise<number> {
  const schemas = source.embeddedSchemas
  const { count } = await writeRecording(
    {
      directory,
      topics: source.topics.map(({ name, partitions, config }) => ({
        name,
        partitions,
        config,
        schemas: schemas.get(name) ?? {},
      })),
      notes: { cutFrom: source.id },
    },
    placed(source, choice),
  )
  return count
}

async function* placed(source: StreamSource, choice: MessageChoice): AsyncGenerator<PlacedMessage> {
  for await (const { topic, partition, timestampMs, key, value, headers } of streamMessages(source, choice))
    yield { topic, partition, record: { timestampMs, key, value, headers } }
}
