import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFixture, testKey } from './gateway-fixture.ts'
import type { Fixture } from './gateway-fixture.ts'

let gateway: Fixture
beforeAll(async () => {
  gateway = await startFixture({ web: true })
})
afterAll(async () => {
  await gateway.close()
})

/** fetch would undo the encoding and add headers of its own. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${gateway.url}${path}`, { headers, method }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.once('error', reject)
    sent.end()
  })
}
const html = { Accept: 'text/html,application/xhtml+xml' }

test.each([
  '/',
  '/queue',
  '/queue/item/abc',
  '/live',
  '/runs/1/plots?x=1',
  '/login',
  '/console',
  '/services',
  '/help',
])('the page %s is the application', async (path) => {
  const page = await raw(path, html)
  expect(page.status).toBe(200)
  expect(page.text).toContain('<title>app</title>')
  expect(page.headers['cache-control']).toBe('no-cache')
  expect(page.headers['content-type']).toContain('text/html')
  expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'sha256-[^']+'/)
  expect(page.headers['content-security-policy']).not.toContain('unsafe-eval')
})

test.each(['/nothing', '/queues', '/api/nothing', '/api/ui', '/docsx', '/healthz/x', '/metrics/x'])(
  '%s is a JSON 404 even for a browser',
  async (path) => {
    const answer = await raw(path, html)
    expect([answer.status, answer.text]).toEqual([404, '{"detail":"Not Found"}'])
  },
)

test('a page is not served to what asks for JSON, nor to a POST', async () => {
  expect((await raw('/queue', { Accept: 'application/json' })).status).toBe(404)
  expect((await raw('/queue', html, 'POST')).status).toBe(404)
  expect((await raw('/queue', html, 'HEAD')).status).toBe(200)
})

test('hashed files are immutable and come compressed when asked for', async () => {
  const plain = await raw('/assets/app-12345678.js', {})
  expect(plain.text).toBe('export {}')
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const brotli = await raw('/assets/app-12345678.js', { 'Accept-Encoding': 'gzip, br' })
  expect([brotli.headers['content-encoding'], brotli.text]).toEqual(['br', 'brotli'])
  expect(brotli.headers['content-type']).toContain('javascript')
  expect(brotli.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const gzip = await raw('/assets/app-12345678.js', { 'Accept-Encoding': 'gzip' })
  expect([gzip.headers['content-encoding'], gzip.text]).toEqual(['gzip', 'gzip'])
})

test('files outside of the folder stay outside', async () => {
  for (const path of [
    '/../http.sqlite',
    '/%2e%2e/state/http.sqlite',
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/.env',
  ])
    expect((await raw(path, {})).status).toBeGreaterThanOrEqual(400)
})

test('the build that pages see is that of the files', async () => {
  const bootstrap = (await (await gateway.get('/api/ui/bootstrap')).json()) as { build: string }
  expect(bootstrap.build).toMatch(/^0\.1\.0-[0-9a-f]{12}$/)
})

test('an unchanged answer is a 304 by its content', async () => {
  const headers = { Authorization: `ApiKey ${testKey}` }
  const first = await raw('/api/audit', headers)
  const again = await raw('/api/audit', { ...headers, 'If-None-Match': String(first.headers['etag']) })
  expect([first.status, again.status, again.text]).toEqual([200, 304, ''])
})
