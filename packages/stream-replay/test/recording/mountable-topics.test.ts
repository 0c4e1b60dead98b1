import { chmod, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { brokerConfig, openBroker, writeMountedData } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, onTestFinished, test } from 'vitest'
import type { Replay } from '../../src/open-replay.ts'
import { mountableTopics } from '../../src/recording/mountable-topics.ts'
import { archiveRecording } from '../../src/files/tar-archive.ts'
import { contentOf, plain, produce, record, replayBench, testReplay, texts } from '../replay-bench.ts'

const readOnly = [
  { user: '*', topic: '*', operations: ['read'] },
  { user: '*', group: '*', operations: ['all'] },
]

/** A broker that shows a recording. */
async function mounted(path: string): Promise<Replay> {
  const directory = tempDir()
  const topics = await mountableTopics(path)
  await writeMountedData(
    directory.path,
    topics.map((topic) => ({ ...topic, configs: { 'retention.ms': '-1' } })),
  )
  const settings = { listen: '127.0.0.1:0', acl: readOnly, auto_create_topics: false }
  const broker = await openBroker({
    config: parseSection(brokerConfig, settings, { key: 'broker' }),
    directory: directory.path,
  })
  onTestFinished(async () => {
    await broker.close()
    await directory.close()
  })
  return testReplay(broker.addresses[0]?.port ?? 0)
}

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: Record<string, string> = {}
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name)
    found[path] = (await readFile(path)).toString('base64')
  }
  return found
}

test('a mounted recording reads like the topic, several segments and partitions, and stays as it is', async () => {
  const { replay, folder } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a', partitions: 3 }])
  for (let batch = 0; batch < 30; batch++)
    await produce(replay, { topic: 'a', partition: batch % 2, codec: batch % 5 }, [
      record({
        timestampMs: 1_000 * batch,
        key: Buffer.from(`k${batch}`),
        value: Buffer.alloc(2_000, batch),
      }),
      record({ timestampMs: 1_000 * batch + 1, value: null }),
    ])
  const recorder = await replay.recorder('r', {
    topics: ['a'],
    from: { kind: 'earliest' },
    to: { kind: 'latest' },
    splitBytes: 1_000,
  })
  await recorder.run()
  const before = await bytesOf(join(folder, 'r.strec'))
  expect(Object.keys(before).filter((path) => path.endsWith('.log')).length).toBeGreaterThan(6)
  const server = await mounted(join(folder, 'r.strec'))
  const [wanted, found] = [await contentOf(replay, 'a'), await contentOf(server, 'a')]
  expect(found.map(plain)).toEqual(wanted.map(plain))
  expect(found[2]).toEqual([])
  // Partition 1 has the odd batches: the one at 13 s begins at offset 12.
  expect(await server.cluster.offsets('a', 12_500)).toEqual(
    new Map([
      [0, 14],
      [1, 12],
      [2, -1],
    ]),
  )
  await expect(produce(server, { topic: 'a' }, [record({ value: Buffer.from('x') })])).rejects.toMatchObject({
    code: 'REPLAY_REFUSED_BY_BROKER',
    message: expect.stringContaining('TOPIC_AUTHORIZATION_FAILED') as string,
  })
  await expect(server.bus.admin.deleteTopics(['a'])).rejects.toThrow(/BUS_/)
  expect(await bytesOf(join(folder, 'r.strec'))).toEqual(before)
})

test('messages of batches at the edges that do not belong to the recording are not shown', async () => {
  const { replay, folder } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a' }])
  for (const codec of [0, 4])
    await produce(
      replay,
      { topic: 'a', codec },
      [0, 1, 2, 3, 4].map((n) => record({ value: Buffer.from(`${codec}${n}`) })),
    )
  const recorder = await replay.recorder('r', {
    topics: ['a'],
    from: { kind: 'offset', offset: 2 },
    count: 6,
  })
  expect(await recorder.run()).toMatchObject({ count: 6 })
  const [topic] = await mountableTopics(join(folder, 'r.strec'))
  expect(topic?.partitions[0]).toMatchObject({ logStartOffset: 2, count: 6 })
  const [found] = await contentOf(await mounted(join(folder, 'r.strec')), 'a')
  expect(texts(found ?? [])).toEqual(['02', '03', '04', '40', '41', '42'])
  expect(found?.map(({ offset }) => offset)).toEqual([2, 3, 4, 5, 6, 7])
})

test('a recording that this user may only read is shown all the same', async () => {
  const { replay, folder } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a' }])
  await produce(replay, { topic: 'a' }, [record({ value: Buffer.from('x') })])
  const recorder = await replay.recorder('r', {
    topics: ['a'],
    from: { kind: 'earliest' },
    to: { kind: 'latest' },
  })
  await recorder.run()
  const log = join(folder, 'r.strec/a/0/00000000000000000000.log')
  await chmod(log, 0o444)
  const { mtimeMs } = await stat(log)
  expect(texts((await contentOf(await mounted(join(folder, 'r.strec')), 'a'))[0] ?? [])).toEqual(['x'])
  expect((await stat(log)).mtimeMs).toBe(mtimeMs)
})

test('an archive is refused with the way out', async () => {
  const { replay, folder } = await replayBench()
  await replay.bus.ensureTopics([{ name: 'a' }])
  const recorder = await replay.recorder('r', {
    topics: ['a'],
    from: { kind: 'earliest' },
    to: { kind: 'latest' },
  })
  await recorder.run()
  await archiveRecording(join(folder, 'r.strec'), join(folder, 'r.tar'))
  await expect(mountableTopics(join(folder, 'r.tar'))).rejects.toMatchObject({ code: 'REPLAY_NOT_ALLOWED' })
})
