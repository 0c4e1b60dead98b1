import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { seededRandom } from '../src/play/random.ts'
import { verifyRecording } from '../src/recording/verify.ts'
import {
  contentOf,
  contentOfSource,
  killableBroker,
  plain,
  produce,
  record,
  testReplay,
} from './replay-bench.ts'

/* Acceptance test 4: recorder, player and broker are killed at random moments. A plain test run kills each a few times;
 * BEAMTIME_LONG_TESTS=1 kills each twenty times. */
const kills = process.env['BEAMTIME_LONG_TESTS'] === '1' ? 20 : 2
const random = seededRandom(Number(process.env['BEAMTIME_TEST_SEED'] ?? 1))

function run(program: string, ...args: readonly string[]): ChildProcess {
  const child = fork(join(import.meta.dirname, program), args)
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Resolves when the process has told of at least so many messages, or has ended. */
async function told(child: ChildProcess, key: 'count' | 'sent', atLeast: number): Promise<void> {
  const ended = once(child, 'exit')
  const reached = new Promise<void>((resolve) =>
    child.on('message', (message) => {
      if (Number((message as Record<string, unknown>)[key]) >= atLeast) resolve()
    }),
  )
  await Promise.race([ended, reached])
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** A topic of two partitions with so many messages. */
async function filled(port: number, name: string, count: number): Promise<void> {
  const replay = testReplay(port)
  await replay.bus.ensureTopics([{ name, partitions: 2 }])
  for (let at = 0; at < count; at += 50)
    await produce(
      replay,
      { topic: name, partition: (at / 50) % 2, codec: (at / 50) % 5 },
      Array.from({ length: 50 }, (_, index) =>
        record({
          timestampMs: 1_000 + at + index,
          key: Buffer.from(String(at + index)),
          value: Buffer.alloc(300, index),
        }),
      ),
    )
}

test(
  'a recorder that is killed at any moment leaves a recording that opens and verifies',
  { timeout: 300_000 },
  async () => {
    const broker = await killableBroker()
    await broker.start()
    await filled(broker.port, 'a', 4_000)
    const replay = testReplay(broker.port)
    const wanted = (await contentOf(replay, 'a')).map(plain)
    for (let turn = 0; turn < kills; turn++) {
      const path = join(broker.folder, `r${turn}.strec`)
      const recorder = run('recorder-process.ts', String(broker.port), path, 'a')
      await told(recorder, 'count', Math.floor(random() * 4_000))
      await killed(recorder)
      const report = await verifyRecording(path)
      expect(report.damages.every(({ kind }) => kind === 'cut-off')).toBe(true)
      await verifyRecording(path, { repair: true })
      expect((await verifyRecording(path)).damages).toEqual([])
      const found = await contentOfSource(replay, path)
      // What is there is the beginning of what was sent, without a gap.
      for (const [partition, records] of found.entries())
        expect(plain(records)).toEqual(wanted[partition]?.slice(0, records.length))
    }
  },
)

test(
  'a player that is killed at any moment goes on without a loss or a double',
  { timeout: 300_000 },
  async () => {
    const broker = await killableBroker()
    await broker.start()
    await filled(broker.port, 'a', 3_000)
    const replay = testReplay(broker.port, { recordingsDir: broker.folder })
    const recorder = await replay.recorder('r', {
      topics: ['a'],
      from: { kind: 'earliest' },
      to: { kind: 'latest' },
    })
    await recorder.run()
    for (let turn = 0; turn < kills; turn++) {
      const args = [
        String(broker.port),
        recorder.directory,
        'a',
        `b${turn}`,
        join(broker.folder, `p${turn}.json`),
      ]
      // Killed twice, then left to finish.
      for (const part of [0.4, 0.8]) {
        const player = run('player-process.ts', ...args)
        await told(player, 'sent', Math.max(1, Math.floor(random() * part * 1_500)))
        await killed(player)
      }
      const player = run('player-process.ts', ...args)
      await once(player, 'exit')
      expect(player.exitCode).toBe(0)
      const [wanted, found] = [await contentOf(replay, 'a'), await contentOf(replay, `b${turn}`)]
      expect(found.map(plain)).toEqual(wanted.map(plain))
    }
  },
)

test(
  'a broker that is killed while it is recorded and played to loses and doubles nothing',
  { timeout: 300_000 },
  async () => {
    const broker = await killableBroker()
    await broker.start()
    await filled(broker.port, 'a', 3_000)
    const replay = testReplay(broker.port, { recordingsDir: broker.folder })
    const first = await replay.recorder('first', {
      topics: ['a'],
      from: { kind: 'earliest' },
      to: { kind: 'latest' },
    })
    await first.run()
    for (let turn = 0; turn < kills; turn++) {
      const name = `b${turn}`
      await replay.bus.ensureTopics([{ name, partitions: 2 }])
      const recorder = await replay.recorder(name, {
        topics: [name],
        from: { kind: 'earliest' },
        count: 3_000,
      })
      const recording = recorder.run()
      const source = await replay.source('first')
      const player = replay.player(source, {
        source: 'first',
        topicMap: { a: name },
        pace: { kind: 'rate', perSecond: 6_000 },
      })
      const playing = player.run()
      // Whoever cannot even begin says so at once; from then on a broker that is away is waited for.
      await Promise.all([recorder.begun, player.begun])
      await new Promise((resolve) => setTimeout(resolve, random() * 400))
      await broker.kill()
      await broker.start()
      expect(await playing).toMatchObject({ sent: 3_000, acked: 3_000 })
      expect(await recording).toMatchObject({ count: 3_000 })
      await source.close()
      const wanted = (await contentOf(replay, 'a')).map(plain)
      expect((await contentOf(replay, name)).map(plain)).toEqual(wanted)
      expect((await contentOfSource(replay, recorder.directory)).map(plain)).toEqual(wanted)
    }
  },
)
