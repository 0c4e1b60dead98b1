import { Router } from 'zeromq'
import { openQueueClient } from '../src/index.ts'

const router = new Router({ linger: 0 })
await router.bind('tcp://127.0.0.1:*')
const serving = (async () => {
  for await (const [identity, empty] of router)
    await router.send([identity ?? '', empty ?? '', '{"success":true,"msg":""}'])
})()
const queue = openQueueClient({ control: router.lastEndpoint ?? '' })
for (let n = 0; n < 500; n += 1) await queue.call('status')
const times: number[] = []
for (let n = 0; n < 3_000; n += 1) {
  const before = performance.now()
  await queue.call('status')
  times.push(performance.now() - before)
}
await queue.close()
router.close()
await serving
times.sort((a, b) => a - b)
const at = (q: number): number => Number((times[Math.floor(q * times.length)] ?? 0).toFixed(3))
console.log(
  JSON.stringify({
    name: 'queue-client call over loopback',
    node: process.version,
    samples: times.length,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    callsPerSecond: Math.round(times.length / (times.reduce((a, b) => a + b, 0) / 1_000)),
  }),
)
