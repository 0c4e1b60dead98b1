import { Request } from 'zeromq'
import { expect, test } from 'vitest'
import {
  isCurveKey,
  newCurveKeys,
  platformClientKeys,
  publicCurveKey,
  z85Decode,
  z85Encode,
  type CurveKeys,
} from '../src/curve-key.ts'
import { managerConfig, startTestManager } from './manager-under-test.ts'
import { checkFeatures } from '../src/manager-config.ts'
import { openControlSocket } from '../src/control-socket.ts'
import { freePort } from '@beamtime/service-kit/testing'

async function answers(
  address: string,
  keys: { server: string; client: CurveKeys } | null,
): Promise<boolean> {
  const socket = new Request({ linger: 0, receiveTimeout: 400, sendTimeout: 400 })
  if (keys !== null) {
    socket.curveServerKey = keys.server
    socket.curvePublicKey = keys.client.publicKey
    socket.curveSecretKey = keys.client.secretKey
  }
  socket.connect(address)
  try {
    await socket.send('{"method": "status"}')
    const [body] = await socket.receive()
    return String(body) === '{"ok":true}'
  } catch {
    return false // no answer
  } finally {
    socket.close()
  }
}

async function serve(secretKey: string, clientKeys: readonly string[]): ReturnType<typeof openControlSocket> {
  const socket = await openControlSocket({
    address: `tcp://127.0.0.1:${await freePort()}`,
    encoding: 'json',
    key: 'queue.main.control',
    curve: { secretKey, clientKeys },
    onRequest: (id) => socket.reply(id, { ok: true }),
  })
  return socket
}

test('an encrypted control socket answers any client that knows its public key, and no other', async () => {
  const server = newCurveKeys()
  const control = await serve(server.secretKey, [])
  expect(await answers(control.endpoint, { server: server.publicKey, client: newCurveKeys() })).toBe(true)
  expect(await answers(control.endpoint, { server: newCurveKeys().publicKey, client: newCurveKeys() })).toBe(
    false,
  )
  expect(await answers(control.endpoint, null)).toBe(false)
  await control.close()
})

test('with a list of clients only these are answered, on each socket its own', async () => {
  const server = newCurveKeys()
  const [friend, stranger] = [newCurveKeys(), newCurveKeys()]
  const control = await serve(server.secretKey, [friend.publicKey])
  const other = await serve(server.secretKey, [stranger.publicKey])
  expect(await answers(control.endpoint, { server: server.publicKey, client: friend })).toBe(true)
  expect(await answers(control.endpoint, { server: server.publicKey, client: stranger })).toBe(false)
  expect(await answers(other.endpoint, { server: server.publicKey, client: stranger })).toBe(true)
  await control.close()
  await other.close()
})

test('a public key follows from its secret key', () => {
  // From the tests of the queue server.
  expect(publicCurveKey('Ue=.po0aQ9.}<Xvrny+f{V04XMc6JZ9ufKf5aeFy')).toBe(
    '=E0[czQkp!!%0TL1LCJ5X[<wjYD[iV+p[yuaI0an',
  )
  const pair = newCurveKeys()
  expect(publicCurveKey(pair.secretKey)).toBe(pair.publicKey)
  expect(publicCurveKey('too short')).toBeNull()
  expect(z85Encode(z85Decode('HelloWorld') ?? new Uint8Array())).toBe('HelloWorld')
  expect(Array.from(z85Decode('HelloWorld') ?? [])).toEqual([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b])
  expect(isCurveKey('#'.repeat(40))).toBe(false)
})

test('a malformed key ends the start with the words of the queue server', async () => {
  const config = await managerConfig({ queue: { zmq_private_key: 'abc' } }, '/tmp')
  expect(() => checkFeatures(config)).toThrow('ZMQ private key is improperly formatted')
  const lonely = await managerConfig({ queue: { curve_client_keys: [newCurveKeys().publicKey] } }, '/tmp')
  expect(() => checkFeatures(lonely)).toThrow('needs zmq_private_key')
})

test('a manager with a list of clients answers the platform beside it', async () => {
  const [server, friend] = [newCurveKeys(), newCurveKeys()]
  const manager = await startTestManager({
    queue: { zmq_private_key: server.secretKey, curve_client_keys: [friend.publicKey] },
  })
  const platform = platformClientKeys(server.secretKey)
  if (platform === null) throw new Error('no keys')
  const status = async (client: CurveKeys): Promise<boolean> => {
    const socket = new Request({ linger: 0, receiveTimeout: 400 })
    socket.curveServerKey = server.publicKey
    socket.curvePublicKey = client.publicKey
    socket.curveSecretKey = client.secretKey
    socket.connect(manager.config.queue.control)
    try {
      await socket.send('{"method": "status"}')
      return String((await socket.receive())[0]).includes('manager_state')
    } catch {
      return false // no answer
    } finally {
      socket.close()
    }
  }
  expect([await status(platform), await status(friend), await status(newCurveKeys())]).toEqual([
    true,
    true,
    false,
  ])
  await manager.close()
})
