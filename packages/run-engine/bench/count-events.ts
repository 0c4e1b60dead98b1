/* Events per second of `count` on an instantaneous signal, validation on, one subscriber. Prints one JSON line.
 * Peer: Python Bluesky 1.14.6, same kind of machine, plain signal without a trigger: 0.83 ms per event, 1 200 events/s. */

import { cpus } from 'node:os'
import { RunEngine, count, type DataKeys, type Readings } from '../src/index.ts'
import { unixSecondsNow } from '@beamtime/event-model'

const signal = {
  name: 'signal',
  read: (): Readings => ({ signal: { value: 1.5, timestamp: unixSecondsNow() } }),
  describe: (): DataKeys => ({ signal: { source: 'SIM:signal', dtype: 'number', shape: [] } }),
}
const events = 20_000
const warmup = 2
const samples = 9

const RE = new RunEngine()
let seen = 0
RE.subscribe((name) => {
  if (name === 'event') seen += 1
})

const rates: number[] = []
for (let i = 0; i < warmup + samples; i++) {
  const started = performance.now()
  await RE.run(count([signal], events))
  if (i >= warmup) rates.push((events * 1000) / (performance.now() - started))
}
rates.sort((a, b) => a - b)
// Memory: ten times the events may not keep more than the first ones did.
const heapBefore = process.memoryUsage().heapUsed
await RE.run(count([signal], events * 10))
globalThis.gc?.()
const heapAfter = process.memoryUsage().heapUsed

console.log(
  JSON.stringify({
    name: 'run-engine count of an instantaneous signal, validation on',
    node: process.version,
    cpu: cpus()[0]?.model,
    unit: 'events/s',
    warmup,
    samples,
    median: Math.round(rates[Math.floor(samples / 2)] ?? 0),
    slowest: Math.round(rates[0] ?? 0),
    events: seen,
    heapMiB: Math.round(heapAfter / 1_048_576),
    heapGrowthMiB: Math.round((heapAfter - heapBefore) / 1_048_576),
    target: 20_000,
    peer: { name: 'bluesky 1.14.6', median: 1200 },
  }),
)
