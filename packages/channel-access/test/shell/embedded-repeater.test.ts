import { createSocket, type Socket } from 'node:dgram'
import { expect, test } from 'vitest'
import { startRepeater } from '../../src/index.ts'
import { beacon } from '../../src/messages/beacon.ts'
import { repeaterRegister } from '../../src/messages/repeater-register.ts'

function bound(): Promise<Socket> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket)))
}

const message = (socket: Socket): Promise<Buffer> => new Promise((resolve) => socket.once('message', resolve))

test('a registered client gets beacons, and a taken port means that a repeater runs', async () => {
  const probe = await bound()
  const { port } = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  const repeater = await startRepeater(port)
  expect(repeater).toBeDefined()
  expect(await startRepeater(port)).toBeUndefined()
  const client = await bound()
  const confirmed = message(client)
  client.send(repeaterRegister.encode({ address: 0 }), port, '127.0.0.1')
  expect((await confirmed).readUInt16BE(0)).toBe(17)
  const server = await bound()
  const came = message(client)
  server.send(beacon.encode({ minor: 13, port: 5064, counter: 3, address: 0 }), port, '127.0.0.1')
  expect((await came).readUInt32BE(12)).toBe(0x7f000001)
  client.close()
  server.close()
  await repeater?.close()
  await repeater?.close()
})
