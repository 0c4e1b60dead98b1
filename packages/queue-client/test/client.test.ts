import { curveKeyPair } from 'zeromq'
import { Packr } from 'msgpackr'
import { afterEach, expect, test } from 'vitest'
import { openQueueClient } from '../src/index.ts'
import type { QueueClient, QueueClientOptions } from '../src/index.ts'
import { startFakeManager } from '../src/testing.ts'
import type { FakeManager, FakeManagerOptions } from '../src/testing.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close()
})

async function manager(options: FakeManagerOptions): Promise<FakeManager> {
  const started = await startFakeManager(options)
  opened.push(started)
  return started
}
function client(options: QueueClientOptions): QueueClient {
  const made = openQueueClient(options)
  opened.push(made)
  return made
}

test('a call sends method and params and returns the answer unchanged', async () => {
  const peer = await manager({ answer: () => ({ success: false, msg: 'no', qsize: null }) })
  const reply = await client({ control: peer.control }).call('queue_item_add', { item: { name: 'count' } })
  expect(reply).toEqual({ success: false, msg: 'no', qsize: null })
  expect(peer.requests).toEqual([{ method: 'queue_item_add', params: { item: { name: 'count' } } }])
})

test('calls made at once go out in order over one connection', async () => {
  const peer = await manager({ answer: (_method, params) => ({ n: params['n'] }) })
  const queue = client({ control: peer.control })
  const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => queue.call('echo', { n })))
  expect(replies.map((reply) => reply['n'])).toEqual(Array.from({ length: 20 }, (_, n) => n))
})

test('an absent manager is a timeout that can be retried', async () => {
  const queue = client({ control: 'tcp://127.0.0.1:1', timeoutMs: 120 })
  await expect(queue.call('status')).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT', canRetry: true })
})

test('after a timeout the socket is made anew and a late answer reaches nobody', async () => {
  let hang = true
  const peer = await manager({ answer: (method) => (hang ? null : { for: method }) })
  const queue = client({ control: peer.control, timeoutMs: 150 })
  await expect(queue.call('first')).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT' })
  hang = false
  expect(await queue.call('second')).toEqual({ for: 'second' })
})

test('calls that wait behind a hanging one time out with it, not after it', async () => {
  const peer = await manager({ answer: () => null })
  const queue = client({ control: peer.control, timeoutMs: 200 })
  const before = performance.now()
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => queue.call('status')))
  expect(results.every((result) => result.status === 'rejected')).toBe(true)
  expect(performance.now() - before).toBeLessThan(1_000)
})

test('two connections let a fast call pass a slow one', async () => {
  const peer = await manager({ answer: (method) => (method === 'slow' ? null : { ok: true }) })
  const queue = client({ control: peer.control, timeoutMs: 400, connections: 2 })
  const slow = queue.call('slow').catch((error: unknown) => error)
  expect(await queue.call('fast')).toEqual({ ok: true })
  expect(await slow).toMatchObject({ code: 'QUEUE_TIMEOUT' })
})

test('calls and console survive a restart of the manager', async () => {
  const first = await startFakeManager({ answer: () => ({ life: 1 }) })
  const queue = client({ control: first.control, info: first.info, timeoutMs: 300 })
  const heard: string[] = []
  const stop = new AbortController()
  const done = queue.subscribe({ onConsole: (message) => void heard.push(message.msg), signal: stop.signal })
  expect(await queue.call('status')).toEqual({ life: 1 })
  await publishUntil(first, 'one', () => heard.includes('one'))
  await first.close()
  await expect(queue.call('status')).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT' })
  const second = await manager({ answer: () => ({ life: 2 }), control: first.control, info: first.info })
  expect(await queue.call('status', {}, { timeoutMs: 3_000 })).toEqual({ life: 2 })
  await publishUntil(second, 'two', () => heard.includes('two'))
  stop.abort()
  await done
})

/** A subscriber is not connected at once, so a message is repeated until it was heard. */
async function publishUntil(peer: FakeManager, msg: string, heard: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!heard() && performance.now() < deadline) {
    await peer.publish('QS_Console', { time: 1, msg })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(heard()).toBe(true)
}

test('status, progress and unknown kinds of information arrive; malformed messages are left out', async () => {
  const peer = await manager({ answer: () => ({}) })
  const queue = client({ control: peer.control, info: peer.info })
  const seen: unknown[] = []
  const stop = new AbortController()
  const done = queue.subscribe({
    onStatus: (status, time) => void seen.push(['status', status.manager_state, time]),
    onProgress: (progress) => void seen.push(['progress', progress.n]),
    onInfo: (msg) => void seen.push(['info', Object.keys(msg)]),
    onState: (state) => void seen.push(state),
    signal: stop.signal,
  })
  await publishUntilState(peer, () => seen.includes('live'))
  seen.length = 0
  await peer.publish('QS_Info', [1])
  await peer.publish('QS_Info', { time: 'x', msg: {} })
  await peer.publish('QS_Info', { time: 2, msg: { status: { manager_state: 'idle', status_uid: 'u' } } })
  await peer.publish('QS_Info', {
    time: 3,
    msg: { progress: { item_uid: 'a', n: 4, total: 5, started: 1, devices: [] } },
  })
  await peer.publish('QS_Info', { time: 4, msg: { later: 1 } })
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(5)
  expect(seen.filter((one) => !JSON.stringify(one).includes('probe'))).toEqual([
    ['info', ['status']],
    ['status', 'idle', 2],
    ['info', ['progress']],
    ['progress', 4],
    ['info', ['later']],
  ])
  stop.abort()
  await done
})

async function publishUntilState(peer: FakeManager, ready: () => boolean): Promise<void> {
  while (!ready()) {
    await peer.publish('QS_Info', { time: 1, msg: { probe: 1 } })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('messagepack is spoken when the manager speaks it', async () => {
  const packr = new Packr({ useRecords: false })
  const peer = await manager({
    answer: (_method, params) => ({ success: true, back: params }),
    encode: (value) => packr.pack(value),
    decode: (bytes): unknown => packr.unpack(bytes),
  })
  const queue = client({ control: peer.control, encoding: 'msgpack' })
  expect(await queue.call('x', { a: [1.5, null, 'ü'] })).toEqual({
    success: true,
    back: { a: [1.5, null, 'ü'] },
  })
})

test('an answer that is no object is a malformed reply, and the next call works', async () => {
  const answers: unknown[] = [[1], new Uint8Array([0xff, 0xfe]), { ok: 1 }]
  const peer = await manager({ answer: () => answers.shift() })
  const queue = client({ control: peer.control })
  await expect(queue.call('a')).rejects.toMatchObject({ code: 'QUEUE_REPLY_MALFORMED', fault: 'peer' })
  await expect(queue.call('b')).rejects.toMatchObject({ code: 'QUEUE_REPLY_MALFORMED' })
  expect(await queue.call('c')).toEqual({ ok: 1 })
})

test('wrong options and values are refused with a code', async () => {
  expect(() => openQueueClient({ control: 'tcp://127.0.0.1:1', serverPublicKey: 'short' })).toThrow('z85')
  const queue = client({ control: 'nonsense' })
  await expect(queue.call('status')).rejects.toMatchObject({ code: 'QUEUE_ADDRESS_INVALID' })
  await expect(queue.call('status', { a: 1n })).rejects.toMatchObject({ code: 'QUEUE_REQUEST_INVALID' })
  await expect(queue.subscribe({ signal: new AbortController().signal })).rejects.toMatchObject({
    code: 'QUEUE_ADDRESS_INVALID',
  })
})

test('closing ends pending calls and subscriptions, and may be repeated', async () => {
  const peer = await manager({ answer: () => null })
  const queue = client({ control: peer.control, info: peer.info })
  const pending = queue.call('status').catch((error: unknown) => error)
  const listening = queue.subscribe({ onConsole: () => undefined, signal: new AbortController().signal })
  await queue.close()
  await queue.close()
  expect(await pending).toMatchObject({ code: 'QUEUE_CLOSED' })
  await listening
  await expect(queue.call('status')).rejects.toMatchObject({ code: 'QUEUE_CLOSED' })
})

test('a cancelled call ends at once', async () => {
  const peer = await manager({ answer: () => null })
  const queue = client({ control: peer.control })
  const stop = new AbortController()
  const pending = queue.call('status', {}, { signal: stop.signal }).catch((error: unknown) => error)
  stop.abort()
  expect(await pending).toMatchObject({ code: 'QUEUE_ABORTED' })
})

test('an encrypted manager answers a client that has its key, and no other', async () => {
  const keys = curveKeyPair()
  const peer = await manager({ answer: () => ({ ok: 1 }), curveSecretKey: keys.secretKey })
  expect(await client({ control: peer.control, serverPublicKey: keys.publicKey }).call('status')).toEqual({
    ok: 1,
  })
  const stranger = client({
    control: peer.control,
    serverPublicKey: curveKeyPair().publicKey,
    timeoutMs: 200,
  })
  await expect(stranger.call('status')).rejects.toMatchObject({ code: 'QUEUE_TIMEOUT' })
})
