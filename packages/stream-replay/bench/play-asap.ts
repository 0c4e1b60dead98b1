/* Recordings played as fast as it goes, to a broker in a process of its own: 1 KiB and 82 kB messages as they are, and alerts with
 * their times moved. Beside it what the machine allows at most: the same bytes read from the page cache, sent over loopback.
 * Targets of streams.md A3.8: 300 000 messages/s and 300 MB/s; 700 MB/s; 4 000 alerts/s with a time shift. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { frameDatum } from '@beamtime/stream-formats/avro'
import { alertsOf } from '../src/alerts/alert-samples.ts'
import { alertSchemaText } from '../src/alerts/alert-schema.ts'
import type { OutgoingRecord } from '../src/batch/batch-records.ts'
import type { PlayOptions } from '../src/play/play-options.ts'
import { madeRecording, openBench } from './made-stream.part.ts'
import { machineLimits } from './machine-limits.part.ts'
import { median, report, secondsSince } from './report.part.ts'

const samples = 5
const bench = await openBench()

function* plain(count: number, size: number): Generator<OutgoingRecord> {
  const value = Buffer.alloc(size, 'x')
  for (let index = 0; index < count; index++)
    yield { timestampMs: 1_700_000_000_000 + index, key: null, value, headers: [] }
}

function* alerts(count: number): Generator<OutgoingRecord> {
  const some = [...alertsOf({ visits: 1, detectors: 1, alerts: 200 })].map((datum) => frameDatum(704, datum))
  for (let index = 0; index < count; index++)
    yield { timestampMs: 1_700_000_000_000 + index, key: null, value: some[index % 200] ?? null, headers: [] }
}

interface Figures {
  readonly perS: number
  readonly mbPerS: number
  /** Says what is possible where the wall clock says who else was there. */
  readonly playerCpuMsPerMb: number
  readonly brokerCpuMsPerMb: number
}

async function playOnce(name: string, options: Partial<PlayOptions>): Promise<Figures> {
  const source = await bench.replay.source(name)
  const player = bench.replay.player(source, {
    source: name,
    topicMap: { a: 'b' },
    create: true,
    force: true,
    pace: { kind: 'asap' },
    ...options,
  })
  // What earlier samples have left to write would be written now.
  execFileSync('sync')
  const running = player.run()
  await player.begun
  const startedMs = performance.now()
  const ours = process.cpuUsage()
  const brokers = bench.brokerCpuMs() ?? Number.NaN
  const { acked, bytes } = await running
  const seconds = secondsSince(startedMs)
  const { user, system } = process.cpuUsage(ours)
  const mb = bytes / 1e6
  const figures = {
    perS: acked / seconds,
    mbPerS: mb / seconds,
    playerCpuMsPerMb: (user + system) / 1_000 / mb,
    brokerCpuMsPerMb: ((bench.brokerCpuMs() ?? Number.NaN) - brokers) / mb,
  }
  await source.close()
  return figures
}

async function play(name: string, options: Partial<PlayOptions>): Promise<Figures> {
  await playOnce(name, options) // warm-up
  const found: Figures[] = []
  for (let sample = 0; sample < samples; sample++) found.push(await playOnce(name, options))
  const middle = (key: keyof Figures): number => median(found.map((one) => one[key]))
  return {
    perS: middle('perS'),
    mbPerS: middle('mbPerS'),
    playerCpuMsPerMb: middle('playerCpuMsPerMb'),
    brokerCpuMsPerMb: middle('brokerCpuMsPerMb'),
  }
}

await madeRecording(join(bench.folder, 'small.strec'), { messages: plain(400_000, 1_024) })
const large = await madeRecording(join(bench.folder, 'large.strec'), {
  messages: alerts(5_000),
  schemas: { 704: { type: 'AVRO', schema: alertSchemaText } },
})
report('replay/limits', {
  of: 'the same bytes at most: read from the page cache, over loopback, written to the page cache and the disk',
  ...(await machineLimits(bench.folder, {
    path: join(bench.folder, 'large.strec/a/0/00000000000000000000.log'),
    bytes: large.bytes,
  })),
})
report('replay/play-asap', {
  of: '1 KiB messages, acks=all',
  ...(await play('small', {})),
  targetPerS: 300_000,
  samples,
})
report('replay/play-asap', {
  of: '82 kB alerts, acks=all',
  ...(await play('large', {})),
  targetMbPerS: 700,
  samples,
})
report('replay/play-asap', {
  of: '82 kB alerts, times in the alerts moved to now',
  ...(await play('large', { shift: 'now' })),
  targetPerS: 4_000,
  samples,
})
await bench.close()
