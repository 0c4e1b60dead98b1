/* How late messages go out: at the average rate of alerts (270/s, 82 kB) and at 10 000/s (1 KiB), ten seconds each, and passes that
 * repeat. Target of streams.md A3.8: p99 below 5 ms. */
import { join } from 'node:path'
import { madeRecording, openBench } from './made-stream.part.ts'
import { report } from './report.part.ts'

const bench = await openBench()

for (const [of, perSecond, size] of [
  ['270 messages/s of 82 kB', 270, 82_000],
  ['10 000 messages/s of 1 KiB', 10_000, 1_024],
] as const) {
  const name = `s${perSecond}`
  const value = Buffer.alloc(size, 'x')
  const messages = Array.from({ length: perSecond * 10 }, (_, index) => ({
    timestampMs: Math.floor((index * 1_000) / perSecond),
    key: null,
    value,
    headers: [],
  }))
  await madeRecording(join(bench.folder, `${name}.strec`), { messages })
  const source = await bench.replay.source(name)
  const player = bench.replay.player(source, { source: name, topicMap: { a: name }, create: true })
  const { lateness, durationMs } = await player.run()
  await source.close()
  report('replay/schedule', { of, ...lateness, durationMs, wantedMs: 10_000, targetP99Ms: 5 })
}

const starts: number[] = []
const messages = [0, 0, 100, 200, 200].map((timestampMs) => ({
  timestampMs,
  key: null,
  value: Buffer.from('x'),
  headers: [],
}))
await madeRecording(join(bench.folder, 'passes.strec'), { messages })
const source = await bench.replay.source('passes')
await bench.replay
  .player(
    source,
    { source: 'passes', topicMap: { a: 'passes' }, create: true, loop: 10, intervalMs: 1_000 },
    { onPass: ({ seconds }) => starts.push(performance.now() - seconds * 1_000) },
  )
  .run()
await source.close()
const offBy = starts.map((ms, index) => Math.abs(ms - (starts[0] ?? 0) - index * 1_000))
report('replay/schedule', { of: 'ten passes 1 s apart', largestErrorMs: Math.max(...offBy), targetMs: 10 })
await bench.close()
