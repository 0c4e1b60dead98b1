import { subscribe } from 'node:diagnostics_channel'
import { connect, type Server } from 'node:net'
import { parseSection } from '@beamtime/service-kit'
import { BenchConnection, createBenchTopic } from '../../bench/bench-client.part.ts'
import { collectRarely } from '../../src/collector.ts'
import { brokerConfig, openBroker } from '../../src/index.ts'
import type { Patience } from './patience.ts'

/** Topics that mutated requests make, and those that they write to, are bounded and taken away now and then. */
const settings = {
  listen: '127.0.0.1:0',
  max_connections: 1_000,
  max_partitions: 100,
  request_memory_bytes: 67_108_864,
  segment_bytes: 16_777_216,
}

export interface BrokerUnderTest {
  readonly port: number
  /** Takes connections that do not come from the kernel as `connection` events. */
  readonly server: Server
  close(): Promise<void>
}

/** A broker in this process: what it throws and nobody catches ends the process. */
export async function startBroker(directory: string): Promise<BrokerUnderTest> {
  collectRarely()
  const servers: Server[] = []
  subscribe('tracing:net.server.listen:asyncStart', (message) => {
    servers.push((message as { server: Server }).server)
  })
  const broker = await openBroker({
    config: parseSection(brokerConfig, settings, { key: 'broker' }),
    directory,
  })
  const [server] = servers
  if (server === undefined) throw new Error('the server of the broker was not seen')
  return { port: broker.addresses[0]?.port ?? 0, server, close: () => broker.close() }
}

/** Takes away what mutated requests have made, topics and groups are no leak, and makes `topics` anew. */
export async function purge(port: number, topics: readonly string[]): Promise<void> {
  const connection = new BenchConnection(port)
  const found = await connection.askDecoded<{ topics: { name: string }[] }>('Metadata', 1, { topics: null })
  const topicNames = found.topics.map(({ name }) => name)
  if (topicNames.length > 0) await connection.askDecoded('DeleteTopics', 1, { topicNames, timeoutMs: 60_000 })
  const { groups } = await connection.askDecoded<{ groups: { groupId: string }[] }>('ListGroups', 0, {})
  const groupsNames = groups.map(({ groupId }) => groupId)
  if (groupsNames.length > 0) await connection.askDecoded('DeleteGroups', 0, { groupsNames })
  connection.close()
  for (const name of topics) await createBenchTopic(port, name)
}

/** ApiVersions v0 on a connection of its own. Rejects when it is not answered in time. */
export function soundRequest(port: number, patience: Patience): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const fail = (reason: string): void => reject(new Error(`a sound request was not answered: ${reason}`))
    const wait = patience.start(() => fail('ten seconds are over'))
    socket.on('connect', () => socket.write(Buffer.from('0000000a0012000000000001ffff', 'hex')))
    socket.on('data', () => {
      patience.stop(wait)
      socket.destroy()
      resolve()
    })
    socket.on('error', (error) => fail(error.message))
    socket.on('close', () => fail('the connection was closed'))
  })
}
