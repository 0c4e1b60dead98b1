import { StoreError } from './error.ts'

/** A queue's documents topic and the catalog that its runs go to unless topic_map says otherwise. */
export interface QueueTopic {
  readonly queueName: string
  readonly topic: string
  readonly catalog: string
}

/** Topic to catalog: every queue's topic, and what topic_map adds or changes. Throws STORE_TOPIC_MAP. */
export function catalogsByTopic(
  topicMap: Readonly<Record<string, unknown>>,
  queueTopics: readonly QueueTopic[],
): ReadonlyMap<string, string> {
  const catalogs = new Map(queueTopics.map(({ topic, catalog }) => [topic, catalog]))
  for (const [topic, catalog] of Object.entries(topicMap)) {
    if (typeof catalog !== 'string' || catalog === '') {
      throw new StoreError({
        code: 'STORE_TOPIC_MAP',
        message: `store.topic_map."${topic}" is not the name of a catalog`,
        fault: 'caller',
        remedy: 'Write the catalog as text: topic_map = { "topic" = "catalog" }.',
      })
    }
    catalogs.set(topic, catalog)
  }
  return catalogs
}
