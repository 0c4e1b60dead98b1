/** Connections to a worker host that break, mend, or never come. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import type { WorkerEvent } from '@beamtime/worker-host/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isProcessAlive } from '../src/process-alive.ts'
import { createWorkerLink, type WorkerLink } from '../src/worker-link.ts'
import { idleWorker } from './acceptance/core-under-test.ts'

let dir: TempDir
let socketPath: string
let server: Server
let sockets: Socket[]
/** Stands for the process of the host: it sleeps, in a group of its own. */
let host: ChildProcess
let link: WorkerLink
let events: WorkerEvent[]
let gone: string[]
let seen: (number | null)[]

beforeEach(async () => {
  dir = tempDir()
  socketPath = join(dir.path, 'w.sock')
  sockets = []
  events = []
  gone = []
  seen = []
  host = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  await once(host, 'spawn')
  server = createServer((socket) => sockets.push(socket))
  link = createWorkerLink({
    socketPath,
    command: ['false'],
    logPath: join(dir.path, 'w.log'),
    onEvent: (event) => events.push(event),
    onGone: (reason) => gone.push(reason),
    onProcess: (pid) => seen.push(pid),
  })
})

afterEach(async () => {
  link.detach()
  for (const socket of sockets) socket.destroy()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
  if (host.exitCode === null && host.signalCode === null) {
    host.kill('SIGKILL')
    await once(host, 'exit')
  }
  await dir.close()
})

async function listen(): Promise<void> {
  rmSync(socketPath, { force: true })
  server.listen(socketPath)
  await once(server, 'listening')
}

/** The nth connection of the manager, once it is there. */
async function connection(n: number): Promise<Socket> {
  return await waitFor(() => sockets[n - 1], { what: `connection ${n}` })
}

async function greet(n: number): Promise<void> {
  const socket = await connection(n)
  const hello = { event: 'hello', protocol: 1, pid: host.pid, queue: 'main', state: idleWorker }
  socket.write(`${JSON.stringify({ ...hello, run_list: [], lists_uid: 'l' })}\n`)
  await waitFor(() => events.filter(({ event }) => event === 'hello').length >= 1 || null)
}

test('a question whose connection breaks is answered as lost once the worker has greeted again', async () => {
  await listen()
  expect(await link.attach(null)).toBe(true)
  await greet(1)
  let answer: unknown = null
  const asked = link.ask('request_state', {}, 10_000).then((given) => (answer = given))
  const first = await connection(1)
  await once(first, 'data')
  first.destroy()
  const second = await connection(2)
  expect(answer).toBeNull()
  expect(events).toHaveLength(1)
  await greet(2)
  await asked
  expect(answer).toMatchObject({ ok: false, lost: true })
  expect(events).toHaveLength(2)
  const again = link.ask('request_state', {}, 10_000)
  const [bytes] = (await once(second, 'data')) as [Buffer]
  const { id } = JSON.parse(String(bytes)) as { id: number }
  second.write(`${JSON.stringify({ id, status: 'accepted', result: idleWorker })}\n`)
  expect(await again).toMatchObject({ ok: true, result: idleWorker })
  expect(gone).toEqual([])
})

test('a question is refused, and the worker told gone once, when its process ends with the connection', async () => {
  await listen()
  await link.attach(null)
  await greet(1)
  const asked = link.ask('request_state', {}, 10_000)
  await once(await connection(1), 'data')
  server.close()
  sockets[0]?.destroy()
  host.kill('SIGKILL')
  expect(await asked).toMatchObject({ ok: false })
  expect(gone).toEqual(['the worker process is gone'])
  expect(seen).toEqual([host.pid, null])
  expect(await link.ask('request_state', {}, 10_000)).toMatchObject({
    ok: false,
    reason: 'RE Worker is not connected',
  })
})

test('a worker that closes before it has greeted, and listens no more, is gone', async () => {
  await listen()
  expect(await link.attach(null)).toBe(true)
  const first = await connection(1)
  server.close()
  first.destroy()
  rmSync(socketPath, { force: true })
  expect(await waitFor(() => gone[0])).toBe('the worker process is gone')
})

test('a worker whose manager died before it listened is waited for where its pid is known', async () => {
  expect(await link.attach(host.pid ?? null)).toBe(true)
  expect(seen).toEqual([host.pid])
  await listen()
  await greet(1)
  expect(events).toMatchObject([{ event: 'hello', pid: host.pid }])
  expect(gone).toEqual([])
})

test('a worker that ends before it ever listened is gone', async () => {
  expect(await link.attach(host.pid ?? null)).toBe(true)
  host.kill('SIGKILL')
  expect(await waitFor(() => gone[0])).toBe('the worker process is gone')
})

test('there is no worker where nobody listens and the known one has ended', async () => {
  host.kill('SIGKILL')
  await once(host, 'exit')
  expect(await link.attach(host.pid ?? null)).toBe(false)
  expect(await link.attach(null)).toBe(false)
  expect(seen).toEqual([])
})

test('a worker that hangs before its greeting is killed at once where its pid is known', async () => {
  await listen()
  expect(await link.attach(host.pid ?? null)).toBe(true)
  link.kill()
  expect(await waitFor(() => gone[0])).toBe('the worker process is gone')
  expect(isProcessAlive(host.pid ?? -1)).toBe(false)
})

test('a worker that hangs before its greeting and was to be killed is killed as soon as it greets', async () => {
  await listen()
  await link.attach(null)
  link.kill()
  expect(isProcessAlive(host.pid ?? -1)).toBe(true)
  await greet(1)
  expect(await waitFor(() => gone[0])).toBe('the worker process is gone')
})
