/* A topic recorded from its beginning as fast as it goes, from a broker in a process of its own: 1 KiB and 82 kB messages. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { madeRecording, openBench } from './made-stream.part.ts'
import { median, report, secondsSince } from './report.part.ts'

const samples = 5
const bench = await openBench()

for (const [of, count, size] of [
  ['1 KiB messages', 400_000, 1_024],
  ['82 kB messages', 5_000, 82_000],
] as const) {
  const value = Buffer.alloc(size, 'x')
  const messages = Array.from({ length: count }, (_, index) => ({
    timestampMs: index,
    key: null,
    value,
    headers: [],
  }))
  await madeRecording(join(bench.folder, 'made.strec'), { messages })
  const source = await bench.replay.source('made')
  await bench.replay
    .player(source, {
      source: 'made',
      topicMap: { a: 'b' },
      create: true,
      force: true,
      pace: { kind: 'asap' },
    })
    .run()
  await source.close()
  const rates: number[] = []
  const sizes: number[] = []
  for (let sample = 0; sample <= samples; sample++) {
    const recorder = await bench.replay.recorder('r', {
      topics: ['b'],
      from: { kind: 'earliest' },
      to: { kind: 'latest' },
    })
    const startedMs = performance.now()
    const { count: recorded, bytes } = await recorder.run()
    const seconds = secondsSince(startedMs)
    await rm(recorder.directory, { recursive: true })
    if (sample === 0) continue // warm-up
    rates.push(recorded / seconds)
    sizes.push(bytes / seconds / 1e6)
  }
  report('replay/record', { of, perS: median(rates), mbPerS: median(sizes), samples })
  await rm(join(bench.folder, 'made.strec'), { recursive: true })
}
await bench.close()
