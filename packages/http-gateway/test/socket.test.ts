import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { waitFor } from '@beamtime/service-kit/testing'
import { openSocket, startFixture, testKey } from './gateway-fixture.ts'
import type { Fixture, FixtureOptions, TestSocket } from './gateway-fixture.ts'
import { startFakeManager } from './fake-manager.ts'

const opened: Fixture[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
async function gateway(options: FixtureOptions = {}): Promise<Fixture> {
  const made = await startFixture(options)
  opened.push(made)
  return made
}
const is = (k: string, id: number) => (message: Record<string, unknown>) =>
  message['k'] === k && message['id'] === id
const dataOf = <T>(message: Record<string, unknown>): T => message['d'] as T

test('the socket greets, beats, and gives the status as a snap and then as patches', async () => {
  const { socket, manager, get } = await gateway()
  await get('/api/status')
  const ws = await socket('/api/ui/ws')
  expect(await ws.next((one) => one['k'] === 'hello')).toMatchObject({
    v: 1,
    hb: 1_000,
    user: { name: 'UNAUTHENTICATED_SINGLE_USER' },
  })
  ws.send({ op: 'sub', id: 7, ch: 'status' })
  const snap = await ws.next(is('snap', 7))
  expect(snap).toMatchObject({ seq: 1, d: { manager_state: 'idle', manager: { reachable: true } } })
  manager.change({ manager_state: 'executing_queue', running_item_uid: 'x' })
  const delta = await ws.next(is('delta', 7))
  expect(dataOf(delta)).toMatchObject({ manager_state: 'executing_queue', running_item_uid: 'x' })
  expect(dataOf<Record<string, unknown>>(delta)['worker_background_tasks']).toBeUndefined()
  await ws.next((one) => one['k'] === 'hb')
})

test('what a channel refuses is told by err, and the socket lives on', async () => {
  const { socket } = await gateway({ auth: { anonymous: true } })
  const ws = await socket('/api/ui/ws', { headers: {} })
  ws.send({ op: 'sub', id: 1, ch: 'queue' })
  expect(await ws.next(is('err', 1))).toMatchObject({ d: { code: 'forbidden' } })
  ws.send({ op: 'sub', id: 2, ch: 'nothing' })
  expect(await ws.next(is('err', 2))).toMatchObject({ d: { code: 'notfound' } })
  ws.send({ op: 'set', id: 3, args: {} })
  expect(await ws.next(is('err', 3))).toMatchObject({ d: { code: 'notfound' } })
  ws.send({ op: 'dance', id: 4 })
  expect(await ws.next(is('err', 4))).toMatchObject({ d: { code: 'invalid' } })
  ws.send('not json')
  ws.send({ op: 'sub', id: -1, ch: 'status' })
  expect((await ws.next(is('err', 0)))['d']).toMatchObject({ code: 'invalid' })
  ws.send({ op: 'sub', id: 5, ch: 'status', more: 'is ignored' })
  await ws.next(is('snap', 5))
  ws.send({ op: 'unsub', id: 5 })
  ws.send({ op: 'unsub', id: 99 })
})

test('changes of the queue come as events that lead from the snap to the new queue', async () => {
  const { socket, manager, post } = await gateway()
  await post('/api/queue/item/add', {
    item: { item_type: 'plan', name: 'count', args: [['det']], kwargs: { num: 3 } },
  })
  const ws = await socket('/api/ui/ws')
  ws.send({ op: 'sub', id: 1, ch: 'queue' })
  const snap = dataOf<{ items: { item_uid: string }[]; estimates: Record<string, { points: number }> }>(
    await ws.next(is('snap', 1)),
  )
  expect(snap.items).toHaveLength(1)
  expect(snap.estimates[snap.items[0]?.item_uid ?? '']).toMatchObject({ points: 3 })
  await post('/api/queue/item/add', { item: { item_type: 'plan', name: 'count', args: [['det']] } })
  const added = await ws.next((one) => is('event', 1)(one) && dataOf<{ op: string }>(one).op === 'add')
  expect(dataOf(added)).toMatchObject({
    op: 'add',
    pos: 1,
    uid: manager.status.plan_queue_uid,
    item: { name: 'count' },
  })
  const [first, second] = manager.items
  if (first === undefined || second === undefined) throw new Error('two items were added')
  manager.items = [second, first]
  manager.change({ plan_queue_uid: randomUUID() })
  const moved = await ws.next((one) => is('event', 1)(one) && dataOf<{ op: string }>(one).op === 'move')
  expect(dataOf(moved)).toMatchObject({ from: 0, pos: 1 })
  await post('/api/queue/clear')
  await ws.next((one) => is('event', 1)(one) && dataOf<{ op: string }>(one).op === 'clear')
})

test('the console goes on after a reconnect where it ended', async () => {
  const { socket, manager, url } = await gateway()
  const untilHeard = async (ws: TestSocket, msg: string): Promise<Record<string, unknown>> => {
    const repeat = setInterval(() => manager.print(msg), 50)
    try {
      return await ws.next((one) => JSON.stringify(one).includes(msg), msg)
    } finally {
      clearInterval(repeat)
    }
  }
  const ws = await socket('/api/ui/ws')
  ws.send({ op: 'sub', id: 1, ch: 'console', args: { backlog: 10 } })
  await ws.next(is('snap', 1))
  const heard = await untilHeard(ws, 'one')
  const seq = heard['seq'] as number
  ws.close()
  manager.print('two\n')
  manager.print('three\n')
  await waitFor(async () => {
    const text = await (
      await fetch(`${url}/api/console_output`, { headers: { Authorization: `ApiKey ${testKey}` } })
    ).text()
    return text.includes('three')
  })
  const again = await socket('/api/ui/ws')
  again.send({ op: 'sub', id: 1, ch: 'console', since: seq })
  const missed = await again.next(is('event', 1))
  expect(dataOf<{ msg: string }[]>(missed).map((one) => one.msg)).toEqual(
    expect.arrayContaining(['two\n', 'three\n']),
  )
})

test('who looks at what is told to all, and forgotten when the tab closes', async () => {
  const { socket } = await gateway()
  const [a, b] = [await socket('/api/ui/ws'), await socket('/api/ui/ws')]
  a.send({ op: 'sub', id: 1, ch: 'presence', args: { page: '/queue' } })
  await a.next(is('snap', 1))
  b.send({ op: 'sub', id: 1, ch: 'presence', args: { page: '/runs', item: 'x' } })
  const both = await a.next(
    (one) => is('snap', 1)(one) && dataOf<{ people: unknown[] }>(one).people.length === 2,
  )
  expect(dataOf<{ people: unknown[] }>(both).people).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ page: '/queue', self: true }),
      expect.objectContaining({ page: '/runs', item: 'x', self: false }),
    ]),
  )
  a.messages.length = 0
  b.close()
  await a.next((one) => is('snap', 1)(one) && dataOf<{ people: unknown[] }>(one).people.length === 1)
})

test('actions appear in the audit channel and in the log', async () => {
  const { socket, post, get } = await gateway()
  const ws = await socket('/api/ui/ws')
  ws.send({ op: 'sub', id: 1, ch: 'audit' })
  await ws.next(is('snap', 1))
  await post('/api/queue/item/add', { item: { item_type: 'plan', name: 'count' } })
  expect(dataOf(await ws.next(is('event', 1)))).toMatchObject({
    method: 'queue_item_add',
    ok: true,
    user: 'UNAUTHENTICATED_SINGLE_USER',
    address: '127.0.0.1',
  })
  const page = (await (await get('/api/audit?method=queue_item_add')).json()) as {
    entries: unknown[]
    next: null
  }
  expect(page.entries).toHaveLength(1)
})

test('handshakes need a credential: header, query, subprotocol, own-origin cookie or first message', async () => {
  const { socket, url, port } = await gateway()
  await expect(socket('/api/ui/ws', { headers: {} })).rejects.toThrow('HTTP 403')
  await expect(socket('/api/console_output/ws?scopes=', { headers: {} })).rejects.toThrow('HTTP 403')
  await expect(socket('/api/ui/ws', { headers: { Authorization: 'ApiKey no' } })).rejects.toThrow('HTTP 403')
  await expect(socket('/api/nothing/ws')).rejects.toThrow('HTTP 404')
  await socket('/api/ui/ws', { headers: { Authorization: `apikey ${testKey}` } })
  await socket(`/api/ui/ws?api_key=${testKey}`, { headers: {} })
  const byProtocol = await socket('/api/ui/ws', { headers: {}, protocols: ['qserver.token', testKey] })
  expect(byProtocol.protocol).toBe('qserver.token')
  const login = await fetch(`${url}/api/ui/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ api_key: testKey }),
  })
  const cookie =
    login.headers
      .getSetCookie()
      .find((one) => one.startsWith('demo_ui='))
      ?.split(';', 1)[0] ?? ''
  await socket('/api/ui/ws', { headers: { Cookie: cookie, Origin: `http://127.0.0.1:${port}` } })
  await expect(
    socket('/api/ui/ws', { headers: { Cookie: cookie, Origin: 'http://evil.example' } }),
  ).rejects.toThrow('403')
  await expect(socket('/api/ui/ws', { headers: { Cookie: cookie } })).rejects.toThrow('HTTP 403')
  const good = await socket('/api/ui/ws?auth=message', { headers: {} })
  good.send({ type: 'auth', api_key: testKey })
  await good.next((one) => one['k'] === 'hello')
  const bad = await socket('/api/ui/ws?auth=message', { headers: {} })
  bad.send({ type: 'auth', api_key: 'wrong' })
  expect(await bad.closed).toBe(4401)
})

test('the sockets of the peers give console, status and information', async () => {
  const { socket, manager, get } = await gateway()
  await get('/api/status')
  const console = await socket('/api/console_output/ws')
  const repeat = setInterval(() => manager.print('hello'), 50)
  const printed = await console.next((one) => one['msg'] === 'hello')
  clearInterval(repeat)
  expect(Object.keys(printed).toSorted()).toEqual(['msg', 'time'])
  const status = await socket('/api/status/ws')
  await status.next((one) => JSON.stringify(one).includes('"manager_state":"idle"'))
  manager.change({ manager_state: 'paused' })
  await status.next((one) => JSON.stringify(one).includes('"manager_state":"paused"'))
  const info = await socket('/api/info/ws')
  manager.publish('QS_Info', { re_message: { command: 'read' } })
  await info.next((one) => JSON.stringify(one).includes('re_message'))
})

test('no message makes the server fail', async () => {
  const { socket, get } = await gateway()
  const ws = await socket('/api/ui/ws')
  const message = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record(
      {
        op: fc.oneof(fc.constantFrom('sub', 'set', 'unsub', 'ack'), fc.jsonValue()),
        id: fc.oneof(fc.integer(), fc.jsonValue()),
        ch: fc.oneof(
          fc.constantFrom(
            'status',
            'queue',
            'console',
            'run',
            'peaks',
            'logs',
            'presence',
            '__proto__',
            'constructor',
          ),
          fc.jsonValue(),
        ),
        args: fc.oneof(
          fc.jsonValue(),
          fc.record({ uid: fc.string(), backlog: fc.double(), x: fc.string(), y: fc.string() }),
        ),
        since: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  )
  for (const one of fc.sample(message, 400)) ws.send(one as string)
  ws.send({ op: 'sub', id: 4_000_000, ch: 'status' })
  await ws.next(is('snap', 4_000_000))
  expect(
    ws.messages.filter((one) => (one['d'] as { code?: string } | undefined)?.code === 'internal'),
  ).toEqual([])
  expect((await get('/api/status')).status).toBe(200)
})

test('no body makes the server fail', async () => {
  const { url, manager } = await gateway()
  const paths = [
    '/api/queue/item/add',
    '/api/queue/item/move',
    '/api/ui/plans/check',
    '/api/ui/login',
    '/api/lock',
  ]
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
  )
  for (const text of fc.sample(body, 120)) {
    const path = paths[text.length % paths.length] ?? ''
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { Authorization: `ApiKey ${testKey}`, 'Content-Type': 'application/json' },
      body: text,
    })
    expect([path, text, response.status < 500]).toEqual([path, text, true])
  }
  expect(manager.calls.length).toBeGreaterThan(0)
})

test('everything works again after the manager was gone', async () => {
  const first = await startFakeManager()
  const { control, info } = first
  const fixture = await gateway({
    config: { queues: [{ name: 'main', control, info, encoding: 'json' }] },
  })
  const ws = await fixture.socket('/api/ui/ws')
  ws.send({ op: 'sub', id: 1, ch: 'status' })
  await ws.next((one) => JSON.stringify(one).includes('"reachable":true'))
  ws.messages.length = 0
  await first.close()
  expect((await fixture.get('/api/status')).status).toBe(408)
  await ws.next((one) => is('delta', 1)(one) && JSON.stringify(one).includes('"reachable":false'))
  ws.messages.length = 0
  const second = await startFakeManager({ control, info })
  second.change({ manager_state: 'paused' })
  await ws.next((one) => is('delta', 1)(one) && JSON.stringify(one).includes('"manager_state":"paused"'))
  const answer = await waitFor(async () => {
    const response = await fixture.get('/api/status')
    return response.status === 200 ? ((await response.json()) as { manager_state: string }) : null
  })
  expect(answer.manager_state).toBe('paused')
  await second.close()
})

test('a gateway without any manager starts, answers 408 and shows the age of what it knows', async () => {
  const fixture = await gateway({ manager: null })
  expect((await fixture.get('/api/queue/get')).status).toBe(408)
  const bootstrap = (await (await fixture.get('/api/ui/bootstrap')).json()) as Record<string, unknown>
  expect(bootstrap).toMatchObject({
    status: { manager: { reachable: false, lastSeen: null } },
    queueHead: [],
  })
  const ws = await openSocket(`ws://127.0.0.1:${fixture.port}/api/ui/ws`, {
    headers: { Authorization: `ApiKey ${testKey}` },
    protocols: [],
  })
  ws.send({ op: 'sub', id: 1, ch: 'status' })
  await ws.next(is('snap', 1))
  ws.send({ op: 'sub', id: 2, ch: 'run', args: { uid: 'current' } })
  expect(await ws.next(is('snap', 2))).toMatchObject({ d: null })
  ws.close()
})
