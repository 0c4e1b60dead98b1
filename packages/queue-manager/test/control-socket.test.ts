import { freePort, waitFor } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openControlSocket, type ControlSocket } from '../src/control-socket.ts'
import { openPeer } from './peer.ts'

let control: ControlSocket
let heard: number[]

beforeEach(async () => {
  heard = []
  control = await openControlSocket({
    address: `tcp://127.0.0.1:${await freePort()}`,
    encoding: 'json',
    key: 'queue.main.control',
    curve: null,
    onRequest: (id) => heard.push(id),
  })
})

afterEach(async () => {
  await control.close()
})

test('a client inside of the process is answered as others are, and its requests are told apart by negative ids', async () => {
  const inside = control.connectInside()
  let answers = 0
  inside.onAnswer(() => (answers += 1))
  const outside = openPeer(control.endpoint, 'json')
  inside.send({ method: 'status' })
  const [own = 0] = await waitFor(() => (heard.length === 1 ? heard : null))
  expect(own).toBeLessThan(0)
  const asked = outside.call({ method: 'status' })
  const [, other = 0] = await waitFor(() => (heard.length === 2 ? heard : null))
  expect(other).toBeGreaterThan(0)
  expect(control.backlog()).toEqual({ peers: 2, unanswered: 2, unsent: 0 })
  control.reply(own, { success: true })
  control.reply(other, { success: true })
  expect(await asked).toEqual({ success: true })
  await waitFor(() => answers === 1)
  expect(control.backlog()).toEqual({ peers: 0, unanswered: 0, unsent: 0 })
  inside.close()
  outside.close()
})

test('what was answered before the end still reaches its client, however large it is', async () => {
  const outside = openPeer(control.endpoint, 'json')
  const asked = outside.call({ method: 'queue_get' })
  const [id = 0] = await waitFor(() => (heard.length === 1 ? heard : null))
  const text = 'x'.repeat(32 * 1024 * 1024)
  control.reply(id, { success: true, text })
  await control.close()
  expect(((await asked)['text'] as string).length).toBe(text.length)
  outside.close()
})
