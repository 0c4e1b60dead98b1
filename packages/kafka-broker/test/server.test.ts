import { expect, test } from 'vitest'
import { waitFor } from '@beamtime/service-kit/testing'
import { batchBytes } from './batch-builder.ts'
import { decodeResponse, RawClient, startTestBroker } from './broker-bench.ts'

const produceOne = (values: readonly string[], acks = -1): unknown => ({
  acks,
  timeoutMs: 1_000,
  transactionalId: null,
  topicData: [{ name: 'raw', partitionData: [{ index: 0, records: [batchBytes({ values })] }] }],
})

async function withTopic(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port)
  await client.call('CreateTopics', 4, {
    topics: [{ name: 'raw', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1_000,
    validateOnly: false,
  })
  return client
}

test('an unknown version of ApiVersions is answered in version 0 with the list of versions', async () => {
  const { port } = await startTestBroker()
  const client = await RawClient.connect(port)
  client.sendFrame(Buffer.from('0012' + '0063' + '00000007' + 'ffff' + '00', 'hex'))
  const frame = await client.frame()
  const answer = decodeResponse('ApiVersions', 0, { frame: frame ?? new Uint8Array(0), correlationId: 7 })
  expect(answer).toMatchObject({ errorCode: 35 })
  expect((answer as { apiKeys: unknown[] }).apiKeys).toContainEqual({
    apiKey: 0,
    minVersion: 0,
    maxVersion: 11,
  })
})

test('an unknown API or version closes the connection with a log line, and the broker lives on', async () => {
  const { port, log } = await startTestBroker()
  for (const request of ['03e7' + '0000', '0003' + '0063']) {
    const client = await RawClient.connect(port)
    client.sendFrame(Buffer.from(request + '00000001' + '0001' + '78', 'hex'))
    expect(await client.frame()).toBeNull()
  }
  expect(log.filter((line) => line.startsWith('warn broker.unsupported'))).toHaveLength(2)
  await (
    await RawClient.connect(port)
  ).call('Metadata', 12, {
    topics: [],
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
    includeClusterAuthorizedOperations: false,
  })
})

test.each([
  ['a negative size', 'ffffffff'],
  ['a size beyond the limit', '7fffffff'],
  ['a size below a header', '00000003' + '000000'],
  ['text of another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
  ['a header that ends in its client id', '0000000a' + '0012' + '0000' + '00000001' + '7fff'],
  [
    'an array longer than the request',
    '00000010' + '0003' + '0001' + '00000001' + 'ffff' + '7fffffff' + '0000',
  ],
])('%s closes the connection with a log line', async (_, hex) => {
  const { port, log } = await startTestBroker()
  const client = await RawClient.connect(port)
  client.socket.write(Buffer.from(hex, 'hex'))
  expect(await client.frame()).toBeNull()
  expect(log.some((line) => line.startsWith('warn broker.malformed'))).toBe(true)
})

test('a request is understood however its bytes arrive', async () => {
  const { port } = await startTestBroker()
  const client = await RawClient.connect(port)
  client.socket.setNoDelay(true)
  for (const byte of Buffer.from('0000000a' + '0012' + '0000' + '00000001' + 'ffff', 'hex')) {
    client.socket.write(Buffer.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await client.frame()).not.toBeNull()
})

test('answers come in the order of the requests, also behind a fetch that waits', async () => {
  const { port } = await startTestBroker()
  const client = await withTopic(port)
  const other = await RawClient.connect(port)
  const fetch = client.send('Fetch', 11, {
    maxWaitMs: 10_000,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel: 1,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic: 'raw', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }] }],
    forgottenTopicsData: [],
    rackId: '',
  })
  const versions = client.send('ApiVersions', 0, {})
  await other.call('Produce', 7, produceOne(['a', 'b']))
  const first = decodeResponse('Fetch', 11, {
    frame: (await client.frame()) ?? new Uint8Array(0),
    correlationId: fetch,
  }) as {
    responses: {
      partitions: {
        highWatermark: number
        lastStableOffset: number
        abortedTransactions: unknown
        records: Uint8Array
      }[]
    }[]
  }
  expect(first.responses[0]?.partitions[0]).toMatchObject({
    highWatermark: 2,
    lastStableOffset: 2,
    abortedTransactions: [],
  })
  expect(first.responses[0]?.partitions[0]?.records.byteLength).toBeGreaterThan(61)
  decodeResponse('ApiVersions', 0, {
    frame: (await client.frame()) ?? new Uint8Array(0),
    correlationId: versions,
  })
})

test('a fetch at the end waits for its time and then gives empty records, not null', async () => {
  const { port } = await startTestBroker()
  const client = await withTopic(port)
  const startedMs = performance.now()
  const answer = (await client.call('Fetch', 11, {
    maxWaitMs: 60,
    minBytes: 1,
    maxBytes: 1_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic: 'raw', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] }],
    forgottenTopicsData: [],
    rackId: '',
  })) as unknown as {
    responses: { partitions: { records: Uint8Array | null; abortedTransactions: unknown }[] }[]
  }
  expect(performance.now() - startedMs).toBeGreaterThan(50)
  const [partition] = answer.responses[0]?.partitions ?? []
  expect([partition?.records?.byteLength, partition?.abortedTransactions]).toEqual([0, null])
})

test('a waiting fetch hears of the deletion of its topic', async () => {
  const { port } = await startTestBroker()
  const client = await withTopic(port)
  const other = await RawClient.connect(port)
  const fetch = client.send('Fetch', 11, {
    maxWaitMs: 10_000,
    minBytes: 1,
    maxBytes: 1_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic: 'raw', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] }],
    forgottenTopicsData: [],
    rackId: '',
  })
  await other.call('DeleteTopics', 3, { topicNames: ['raw'], timeoutMs: 1_000, topics: [] })
  const answer = decodeResponse('Fetch', 11, {
    frame: (await client.frame()) ?? new Uint8Array(0),
    correlationId: fetch,
  })
  expect(answer).toMatchObject({ responses: [{ partitions: [{ errorCode: 3 }] }] })
})

test.each([
  ['a wrong checksum', (bytes: Uint8Array) => (bytes[70] = (bytes[70] ?? 0) ^ 1), 2],
  ['a control batch of a client', (bytes: Uint8Array) => (bytes[22] = 0x20), 2],
  ['a length that is not that of the field', (bytes: Uint8Array) => (bytes[11] = 200), 2],
  ['message format 1', (bytes: Uint8Array) => (bytes[16] = 1), 43],
])('%s in a batch is refused', async (_, spoil, errorCode) => {
  const { port } = await startTestBroker()
  const client = await withTopic(port)
  const bytes = batchBytes({ values: ['some value'] })
  spoil(bytes)
  const request = {
    acks: 1,
    timeoutMs: 1,
    transactionalId: null,
    topicData: [{ name: 'raw', partitionData: [{ index: 0, records: [bytes] }] }],
  }
  expect(await client.call('Produce', 7, request)).toMatchObject({
    responses: [{ partitionResponses: [{ errorCode }] }],
  })
})

test('with acks 0 there is no answer, and an error closes the connection', async () => {
  const { port } = await startTestBroker()
  const client = await withTopic(port)
  client.send('Produce', 7, produceOne(['x'], 0))
  await client.call('ApiVersions', 0, {})
  client.send('Produce', 7, {
    acks: 0,
    timeoutMs: 1,
    transactionalId: null,
    topicData: [{ name: 'absent', partitionData: [{ index: 0, records: [batchBytes({ values: ['x'] })] }] }],
  })
  expect(await client.frame()).toBeNull()
})

test('connections beyond the limit are closed at once and others stay', async () => {
  const { port, log } = await startTestBroker({ max_connections: 2 })
  const clients = [await RawClient.connect(port), await RawClient.connect(port)]
  const third = await RawClient.connect(port)
  expect(await third.frame()).toBeNull()
  for (const client of clients) await client.call('ApiVersions', 0, {})
  expect(log.some((line) => line.startsWith('warn broker.connection-refused'))).toBe(true)
})

test('requests wait for memory instead of being dropped', async () => {
  const { port } = await startTestBroker({ request_memory_bytes: 1_048_576 })
  await withTopic(port)
  const clients = await Promise.all(Array.from({ length: 6 }, () => RawClient.connect(port)))
  const large = produceOne(['x'.repeat(700_000)])
  const answers = await Promise.all(clients.map((client) => client.call('Produce', 7, large)))
  for (const answer of answers)
    expect(answer).toMatchObject({ responses: [{ partitionResponses: [{ errorCode: 0 }] }] })
})

test('an idle connection is closed', async () => {
  const { port } = await startTestBroker({ idle_close_s: 1 })
  const client = await RawClient.connect(port)
  expect(await client.frame()).toBeNull()
})

test('a taken port is an error that names the key', async () => {
  const { port } = await startTestBroker()
  await expect(startTestBroker({ listen: `127.0.0.1:${port}` })).rejects.toThrow(/broker\.listen/)
})

test.each([
  [{ listen: '0.0.0.0:0' }, 'BROKER_INSECURE'],
  [{ listen: 'nonsense' }, 'BROKER_CONFIG_INVALID'],
  [{ users: 'users.json' }, 'BROKER_CONFIG_INVALID'],
  [{ listeners: [{ listen: '127.0.0.1:0', protocol: 'sasl_ssl' }] }, 'BROKER_CONFIG_INVALID'],
])('the settings %j are refused with %s', async (settings, code) => {
  await expect(startTestBroker(settings)).rejects.toMatchObject({ code })
})

test('a second broker on the same data is refused and names the first', async () => {
  const { directory } = await startTestBroker()
  await expect(startTestBroker({}, directory)).rejects.toMatchObject({
    code: 'BROKER_DATA_LOCKED',
    message: expect.stringContaining(String(process.pid)) as string,
  })
})

test('closing leaves no connection behind', async () => {
  const { broker, port } = await startTestBroker()
  const client = await RawClient.connect(port)
  await client.call('ApiVersions', 0, {})
  await broker.close()
  await waitFor(() => client.isClosed)
  await broker.close()
  await expect(RawClient.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a compacted topic takes records with a key only', async () => {
  const { port } = await startTestBroker()
  const client = await RawClient.connect(port)
  const configs = [{ name: 'cleanup.policy', value: 'compact' }]
  await client.call('CreateTopics', 4, {
    topics: [{ name: 'raw', numPartitions: 1, replicationFactor: 1, assignments: [], configs }],
    timeoutMs: 1_000,
    validateOnly: false,
  })
  expect(await client.call('Produce', 9, produceOne(['without a key']))).toMatchObject({
    responses: [{ partitionResponses: [{ errorCode: 87, errorMessage: expect.stringContaining('key') }] }],
  })
})

test('a client is told the address that it reached, of each listener its own', async () => {
  const { broker } = await startTestBroker({
    listeners: [
      { name: 'one', listen: '127.0.0.1:0' },
      { name: 'two', listen: 'localhost:0' },
      { name: 'told', listen: '127.0.0.1:0', advertised: 'broker.example:19092' },
    ],
  })
  for (const [i, { port }] of broker.addresses.entries()) {
    const client = await RawClient.connect(port)
    const place = i === 2 ? { host: 'broker.example', port: 19_092 } : { host: '127.0.0.1', port }
    expect(await client.call('Metadata', 1, { topics: [] })).toMatchObject({ brokers: [place] })
    expect(await client.call('FindCoordinator', 1, { key: 'g', keyType: 0 })).toMatchObject(place)
    const cluster = { includeClusterAuthorizedOperations: false, endpointType: 1 }
    expect(await client.call('DescribeCluster', 0, cluster)).toMatchObject({ brokers: [place] })
  }
})

test('partitions of all topics together are bounded, however they are asked for', async () => {
  const { port } = await startTestBroker({ max_partitions: 5 })
  const client = await withTopic(port)
  const topic = { replicationFactor: 1, assignments: [], configs: [] }
  const create = (name: string, numPartitions: number): Promise<unknown> =>
    client.call('CreateTopics', 4, {
      topics: [{ name, numPartitions, ...topic }],
      timeoutMs: 1_000,
      validateOnly: false,
    })
  expect(await create('large', 5)).toMatchObject({ topics: [{ errorCode: 44 }] })
  expect(await create('fits', 4)).toMatchObject({ topics: [{ errorCode: 0 }] })
  expect(await client.call('Metadata', 1, { topics: [{ name: 'one-more' }] })).toMatchObject({
    topics: [{ errorCode: 44 }],
  })
  const topics = [{ name: 'raw', count: 2, assignments: null }]
  expect(
    await client.call('CreatePartitions', 0, { topics, timeoutMs: 1_000, validateOnly: false }),
  ).toMatchObject({ results: [{ errorCode: 44 }] })
})
