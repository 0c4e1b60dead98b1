import { importedMessages, type ImportOptions } from './import-files.ts'
import { type PlacedMessage, writeRecording } from './recording-import.ts'

/** Makes a recording of one topic out of files. Resolves with the number of messages. */
export async function importRecording(
  files: readonly string[],
  to: { readonly directory: string; readonly topic: string },
  options: Omit<ImportOptions, 'onSchema'>,
): Promise<number> {
  const schemas: Record<string, { readonly type: string; readonly schema: string }> = {}
  let partitions = 1
  // The number of partitions is known only when all has been read; JSON lines and raw files name them.
  if (options.format === 'jsonl' || options.format === 'raw')
    for await (const { partition } of importedMessages(files, options))
      partitions = Math.max(partitions, partition + 1)
  const messages = importedMessages(files, {
    ...options,
    onSchema: ({ id, text }) => (schemas[id] = { type: 'AVRO', schema: text }),
  })
  const { count } = await writeRecording(
    { directory: to.directory, topics: [{ name: to.topic, partitions }], notes: { importedFrom: files } },
    placed(messages, to.topic),
    () => schemas,
  )
  return count
}

async function* placed(
  messages: ReturnType<typeof importedMessages>,
  topic: string,
): AsyncGenerator<PlacedMessage> {
  for await (const { partition, timestampMs, key, value, headers } of messages)
    yield { topic, partition, record: { timestampMs, key, value, headers } }
}
