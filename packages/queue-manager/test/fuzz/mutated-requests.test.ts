/** A few thousand of the spoilt requests that conformance/mutated-requests.ts sends by the million. */
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { flood } from '../../conformance/mutations/flood.ts'
import { mutatedRequest } from '../../conformance/mutations/mutate.ts'
import { seededRandom } from '../../conformance/seeded-random.ts'
import { openPeer } from '../peer.ts'
import { startTestManager, type ManagerUnderTest } from '../manager-under-test.ts'

let manager: ManagerUnderTest

afterEach(async () => {
  await manager.close()
})

for (const encoding of ['json', 'msgpack'] as const) {
  test(`each of 4,000 spoilt ${encoding} requests gets one reply in the form of the contract, and others their status`, async () => {
    manager = await startTestManager({ queue: { encoding } })
    const other = openPeer(manager.config.queue.control, encoding)
    const statuses: Promise<Record<string, unknown>>[] = []
    const result = await flood({
      address: manager.config.queue.control,
      encoding,
      count: 4_000,
      random: seededRandom(encoding === 'json' ? 11 : 12),
      patienceMs: 20_000,
      onProgress: () => statuses.push(other.call({ method: 'status' })),
    })
    expect(result.wrong).toEqual([])
    expect(result.answered).toBe(result.expected)
    expect(result.refused).toBeGreaterThan(1_000)
    expect(statuses).toHaveLength(4)
    for (const status of await Promise.all(statuses)) expect(status).toHaveProperty('status_uid')
    other.close()
  })
}

test('connections that speak no 0MQ, or stop in the middle of it, disturb nobody', async () => {
  manager = await startTestManager()
  const random = seededRandom(13)
  const port = Number(manager.config.queue.control.split(':').at(-1))
  const greeting = Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 0x4e, 0x55, 0x4c, 0x4c])
  const sockets = Array.from({ length: 60 }, (_, index) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    const noise = Buffer.from(Array.from({ length: random(200) }, () => random(256)))
    socket.write(index % 2 === 0 ? noise : Buffer.concat([greeting, noise]))
    return socket
  })
  for (let times = 0; times < 20; times += 1) expect(await manager.status()).toHaveProperty('status_uid')
  for (const socket of sockets) socket.destroy()
  expect(await manager.status()).toHaveProperty('status_uid')
})

test('the same seed gives the same requests', () => {
  const some = (): unknown[] => {
    const random = seededRandom(5)
    return Array.from({ length: 200 }, () => mutatedRequest(random, 'json'))
  }
  expect(some()).toEqual(some())
})
