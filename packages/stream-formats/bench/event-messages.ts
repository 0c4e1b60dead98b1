// Decoding and encoding of ev44 messages. Peer figures: ess-streaming-data-types under Python, measured by `--peer` runs of the
// conformance environment; FlatBuffers' generated TypeScript accessors need a copy per element.
import { ev44 } from '../src/index.ts'

function rate(action: () => void): number {
  for (let warm = 0; warm < 2_000; warm += 1) action()
  let calls = 0
  const started = performance.now()
  while (performance.now() - started < 1_000) {
    for (let batch = 0; batch < 100; batch += 1) action()
    calls += 100
  }
  return Math.round(calls / ((performance.now() - started) / 1000))
}

for (const events of [100, 10_000]) {
  const value = {
    source_name: 'panel_0',
    message_id: 7n,
    reference_time: BigInt64Array.of(1_700_000_000_000_000_000n),
    reference_time_index: Int32Array.of(0),
    time_of_flight: Int32Array.from({ length: events }, (_, i) => i),
    pixel_id: Int32Array.from({ length: events }, (_, i) => i),
  }
  const bytes = ev44.encode(value)
  const shifted = new Uint8Array(bytes.length + 1)
  shifted.set(bytes, 1)
  const unaligned = shifted.subarray(1)
  const figures = {
    decodePerS: rate(() => ev44.decode(bytes)),
    decodeUnalignedPerS: rate(() => ev44.decode(unaligned)),
    encodePerS: rate(() => ev44.encode(value)),
  }
  console.log(
    JSON.stringify({
      name: 'stream-formats/event-messages',
      node: process.version,
      events,
      messageBytes: bytes.length,
      ...figures,
    }),
  )
}
