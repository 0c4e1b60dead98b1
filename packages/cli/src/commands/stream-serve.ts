import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerConfig, openBroker, type Broker, writeMountedData } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { mountableTopics, type MountableTopic } from '@beamtime/stream-replay'
import { CliError } from '../error.ts'
import { printJson, printLine } from '../print.ts'
import { interrupted, streamAction, withRecordings } from '../stream/open-stream.ts'
import type { ServeCommandOptions } from '../stream/stream-options.ts'

/** Clients may look at everything and move their groups, and change nothing. */
const readOnly = [
  { user: '*', topic: '*', operations: ['read'] },
  { user: '*', group: '*', operations: ['all'] },
  { user: '*', cluster: true, operations: ['describe'] },
]

/** Shows a recording as topics of a broker of its own until Ctrl-C. Nothing is copied, and nothing can be written. */
export function streamServe(name: string, options: ServeCommandOptions): Promise<number> {
  return streamAction(options, () =>
    withRecordings(options, name, async (replay) => {
      const topics = renamed(await mountableTopics(replay.pathOf(name)), options.as)
      const directory = await mkdtemp(join(tmpdir(), 'beamtime-serve-'))
      try {
        const broker = await openMounted(directory, topics, options.listen ?? '127.0.0.1:0')
        tell(broker, topics, options.json === true)
        await interrupted()
        await broker.close()
        return 0
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    }),
  )
}

async function openMounted(
  directory: string,
  topics: readonly MountableTopic[],
  listen: string,
): Promise<Broker> {
  await writeMountedData(
    directory,
    topics.map(({ name, partitions, config }) => ({
      name,
      partitions,
      configs: { ...kept(config), 'retention.ms': '-1', 'retention.bytes': '-1' },
    })),
  )
  const settings = {
    listen,
    acl: readOnly,
    auto_create_topics: false,
    // What is mounted is not ours to delete, however full the disk is.
    retention_total_bytes: Number.MAX_SAFE_INTEGER,
  }
  return await openBroker({ directory, config: parseSection(brokerConfig, settings, { key: 'broker' }) })
}

/** Settings that readers see; those that a broker acts on are left out. */
function kept(config: Readonly<Record<string, string>>): Record<string, string> {
  const keys = ['max.message.bytes', 'message.timestamp.type']
  return Object.fromEntries(Object.entries(config).filter(([key]) => keys.includes(key)))
}

/** `--as NAME` for a recording of one topic, `--as OLD=NEW,...` for any. */
function renamed(topics: readonly MountableTopic[], as: string | undefined): readonly MountableTopic[] {
  if (as === undefined) return topics
  const [only] = topics
  if (!as.includes('=') && topics.length === 1 && only !== undefined) return [{ ...only, name: as }]
  const names = new Map(as.split(',').map((pair) => pair.split('=', 2) as [string, string | undefined]))
  const unknown = [...names].find(
    ([from, to]) => to === undefined || !topics.some(({ name }) => name === from),
  )
  if (unknown !== undefined)
    throw new CliError({
      code: 'CLI_USAGE',
      message: `--as ${as} does not fit the topics ${topics.map(({ name }) => name).join(', ')}`,
      remedy: 'give --as NAME for one topic, or --as OLD=NEW, several separated by commas',
    })
  return topics.map((topic) => ({ ...topic, name: names.get(topic.name) ?? topic.name }))
}

function tell(broker: Broker, topics: readonly MountableTopic[], json: boolean): void {
  const addresses = broker.addresses.map(({ host, port }) => `${host}:${port}`)
  const served = topics.map(({ name, partitions }) => ({
    topic: name,
    partitions: partitions.length,
    messages: partitions.reduce((sum, { count }) => sum + count, 0),
  }))
  if (json) return printJson({ bootstrap: addresses, topics: served })
  for (const { topic, partitions, messages } of served)
    printLine(
      `${topic}: ${messages} messages in ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`,
    )
  printLine(`serving on ${addresses.join(', ')}, read only; Ctrl-C ends it`)
}
