import { collisionKey } from '../core/topic-name.ts'
import type { Topic } from '../log/topic-store.ts'
import type { Call } from './api.ts'

/** Creates a topic and says so; null when it exists already. */
export async function createTopic(
  call: Call,
  wanted: {
    readonly name: string
    readonly partitions: number
    readonly configs: Readonly<Record<string, string>>
  },
): Promise<Topic | null> {
  const { core, clientId } = call
  const key = collisionKey(wanted.name)
  const topic = await core.store.create(wanted)
  if (topic === null) return null
  const other = core.store
    .topics()
    .find(({ entry }) => entry.name !== wanted.name && collisionKey(entry.name) === key)
  if (other !== undefined)
    core.onEvent({ kind: 'topic-names-collide', topic: wanted.name, other: other.entry.name })
  core.onEvent({ kind: 'topic-created', topic: wanted.name, partitions: wanted.partitions, by: clientId })
  return topic
}
