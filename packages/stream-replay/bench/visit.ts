/* Acceptance test 9 of streams.md: a full visit of 10 000 alerts of 82 kB, sent in bursts within 3 s, reaches five consumers of
 * groups of their own within 60 s of its first message. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { frameDatum } from '@beamtime/stream-formats/avro'
import { alertsOf } from '../src/alerts/alert-samples.ts'
import { findProfile } from '../src/open-replay.ts'
import type { OutgoingRecord } from '../src/batch/batch-records.ts'
import { madeRecording, openBench } from './made-stream.part.ts'
import { report } from './report.part.ts'

const count = 10_000
const readers = 5
const bench = await openBench()

function* visit(): Generator<OutgoingRecord> {
  const some = [...alertsOf({ visits: 1, detectors: 1, alerts: 200 })].map((datum) => frameDatum(704, datum))
  for (let index = 0; index < count; index++)
    yield { timestampMs: index, key: null, value: some[index % 200] ?? null, headers: [] }
}

await madeRecording(join(bench.folder, 'visit.strec'), { messages: visit() })
await bench.replay.bus.ensureTopics([{ name: 'visit', partitions: 8 }])
const ready: Promise<unknown>[] = []
const done: Promise<{ readonly firstMs: number; readonly lastMs: number; readonly seen: number }>[] = []
for (let reader = 0; reader < readers; reader++) {
  const child = fork(join(import.meta.dirname, 'visit-reader.part.ts'), [
    String(bench.port),
    `r${reader}`,
    String(count),
  ])
  ready.push(new Promise((resolve) => child.once('message', resolve)))
  done.push(
    new Promise((resolve) =>
      child.on('message', (message) => {
        if (typeof message === 'object') resolve(message as never)
      }),
    ),
  )
}
await Promise.all(ready)
const source = await bench.replay.source('visit')
const player = bench.replay.player(source, {
  source: 'visit',
  topicMap: { a: 'visit' },
  partition: { kind: 'round-robin' },
  pace: { kind: 'profile', profile: findProfile('rubin-visit') },
})
const running = player.run()
await player.begun
const begunMs = Date.now()
const { durationMs, lateness, bytes } = await running
const all = await Promise.all(done)
report('replay/visit', {
  of: 'five consumers, 10 000 alerts of 82 kB each',
  sentInS: durationMs / 1_000,
  sentMbPerS: bytes / durationMs / 1_000,
  lateP99Ms: lateness.p99Ms,
  lastConsumerAfterS: (Math.max(...all.map(({ lastMs }) => lastMs)) - begunMs) / 1_000,
  targetS: 60,
})
await source.close()
await bench.close()
