/** Reading a request of a million numbers: what other clients wait for meanwhile. One JSON line. */
import { wireCodecs } from '../src/wire-codec.ts'
import { percentile, report } from './bench-manager.part.ts'

const vlist = Array.from({ length: 1_000_000 }, () => Math.random())
const body = {
  method: 'queue_item_add',
  params: { item: { item_type: 'plan', name: 'p', kwargs: { vlist } } },
}
const text = Buffer.from(JSON.stringify(body))
const samples: number[] = []
for (let round = 0; round < 8; round += 1) {
  const start = performance.now()
  wireCodecs.json.decode(text)
  samples.push(performance.now() - start)
}
report('large-request', {
  what: 'decode of a JSON request with 1,000,000 floats',
  bytes: text.length,
  medianMs: percentile(samples, 0.5),
  p99Ms: percentile(samples, 0.99),
})
