/* `null` messages per second through the engine, and how late a pause is honoured meanwhile. Prints one JSON line.
 * Peer: Python Bluesky 1.14.6, same kind of machine: 7.5 µs per message, 133 000 messages/s. */

import { cpus } from 'node:os'
import { Msg, RunEngine, type Plan } from '../src/index.ts'

const messages = 500_000
const warmup = 2
const samples = 9
const message = Msg('null')

function* nothing(n: number): Plan<void> {
  for (let i = 0; i < n; i++) yield message
}

function* endless(): Plan<void> {
  yield Msg('checkpoint')
  yield Msg('rewindable', null, { args: [false] })
  for (;;) yield message
}

const RE = new RunEngine()
const rates: number[] = []
for (let i = 0; i < warmup + samples; i++) {
  const started = performance.now()
  await RE.run(nothing(messages))
  if (i >= warmup) rates.push((messages * 1000) / (performance.now() - started))
}
rates.sort((a, b) => a - b)

const delays: number[] = []
for (let i = 0; i < 20; i++) {
  const dueMs = performance.now() + 10
  setTimeout(() => RE.requestPause(), 10)
  await RE.run(endless()).catch(() => undefined)
  delays.push(performance.now() - dueMs)
  await RE.abort()
}
delays.sort((a, b) => a - b)

console.log(
  JSON.stringify({
    name: 'run-engine null messages',
    node: process.version,
    cpu: cpus()[0]?.model,
    unit: 'messages/s',
    warmup,
    samples,
    median: Math.round(rates[Math.floor(samples / 2)] ?? 0),
    slowest: Math.round(rates[0] ?? 0),
    pauseDelayMs: {
      median: Math.round((delays[10] ?? 0) * 10) / 10,
      worst: Math.round((delays.at(-1) ?? 0) * 10) / 10,
    },
    heapMiB: Math.round(process.memoryUsage().heapUsed / 1_048_576),
    target: 200_000,
    peer: { name: 'bluesky 1.14.6', median: 133_000 },
  }),
)
