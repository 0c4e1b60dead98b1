import { statSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isAlive, Platform, until } from './platform.ts'

let platform: Platform

beforeAll(async () => {
  platform = await Platform.start()
}, 60_000)

afterAll(() => platform.dispose())

function accepts(address: string): Promise<boolean> {
  const [host = '', port = '0'] = address.split(':')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

test('status names every service with its pid, the address and the file that holds the key', async () => {
  const status = await platform.status()
  expect(status.services.map((service) => service.role).sort()).toEqual([
    'bus',
    'http',
    'queue@main',
    'replay',
    'store',
  ])
  for (const service of status.services) expect(service.pid !== null && isAlive(service.pid)).toBe(true)
  expect(status.url).toBe(platform.url)
  expect(statSync(status.key_file).mode & 0o777).toBe(0o600)
})

test('the page and the health routes answer without a key', async () => {
  const page = await fetch(`${platform.url}/queue`, { headers: { accept: 'text/html' } })
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<div id="root">')
  expect((await fetch(`${platform.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${platform.url}/readyz`)).status).toBe(200)
  expect(await (await fetch(`${platform.url}/metrics`)).text()).toContain('beamtime_up{')
})

test('a second start on the same data folder says who holds it', async () => {
  const second = await platform.beamtime('up')
  expect(second.code).not.toBe(0)
  expect(second.stderr + second.stdout).toMatch(/already running|beamtime down/)
})

test('Ctrl-C stops everything within 5 s and leaves no process and no port behind', async () => {
  const status = await platform.status()
  const { milliseconds, code } = await platform.stop()
  expect(code).toBe(0)
  expect(milliseconds).toBeLessThan(5_000)
  for (const service of status.services) {
    if (service.pid !== null) expect(isAlive(service.pid), service.role).toBe(false)
  }
  expect(await accepts(platform.kafka)).toBe(false)
  expect(await accepts(platform.url.slice('http://'.length))).toBe(false)
})

test('a start after a stop finds the same queue', async () => {
  await platform.up()
  const added = await platform.json<{ success: boolean }>('queue', 'add', 'count', 'det')
  expect(added.success).toBe(true)
  await platform.stop()
  await platform.up()
  const queue = await until('the queue answers', () => platform.json<{ items: unknown[] }>('queue', 'list'))
  expect(queue.items).toHaveLength(1)
})
