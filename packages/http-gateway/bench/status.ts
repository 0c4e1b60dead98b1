/* Requests a second of GET /api/status, and time from a change of the manager's status to the message on a socket. */
import { Agent, request } from 'node:http'
import { cpus } from 'node:os'
import { startFixture, testKey } from '../test/gateway-fixture.ts'

const gateway = await startFixture()
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

function get(): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${gateway.url}/api/status`,
      { agent, headers: { Authorization: `ApiKey ${testKey}` } },
      (response) => {
        response.resume()
        response.once('end', resolve)
      },
    )
    sent.once('error', reject)
    sent.end()
  })
}

function report(name: string, times: number[], more: Record<string, unknown> = {}): void {
  times.sort((a, b) => a - b)
  const at = (q: number): number => Number((times[Math.floor(q * times.length)] ?? 0).toFixed(2))
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
  console.log(
    JSON.stringify({ name, ...machine, samples: times.length, medianMs: at(0.5), p99Ms: at(0.99), ...more }),
  )
}

async function load(connections: number, total: number): Promise<void> {
  const times: number[] = []
  let left = total
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left > 0) {
        left -= 1
        const before = performance.now()
        await get()
        times.push(performance.now() - before)
      }
    }),
  )
  const perSecond = Math.round(total / ((performance.now() - began) / 1_000))
  report(`GET /api/status, ${connections} connections, client in the same process`, times, { perSecond })
}

for (let n = 0; n < 300; n += 1) await get()
await load(8, 4_000)
await load(64, 8_000)

const socket = await gateway.socket('/api/ui/ws')
socket.send({ op: 'sub', id: 1, ch: 'status' })
await socket.next((one) => one['k'] === 'snap')
const delays: number[] = []
for (let n = 0; n < 100; n += 1) {
  await new Promise((resolve) => setTimeout(resolve, 60))
  const count = n + 1
  const before = performance.now()
  gateway.manager.change({ worker_background_tasks: count })
  await socket.next(
    (one) => (one['d'] as Record<string, unknown> | undefined)?.['worker_background_tasks'] === count,
  )
  delays.push(performance.now() - before)
}
report('change of status to message on the socket', delays)
agent.destroy()
await gateway.close()
