import { afterEach, expect, test } from 'vitest'
import { readAuthorization, readCredential } from '../src/auth/credentials.ts'
import { defaultRoles, allScopes } from '../src/auth/scopes.ts'
import { startFixture, testKey } from './gateway-fixture.ts'
import type { Fixture, FixtureOptions } from './gateway-fixture.ts'

const opened: Fixture[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
async function gateway(options: FixtureOptions = {}): Promise<Fixture> {
  const made = await startFixture(options)
  opened.push(made)
  return made
}
const none = { headers: { Accept: 'application/json' } }
const cookiesOf = (response: Response): readonly string[] => response.headers.getSetCookie()
const pair = (cookie: string | undefined): string => cookie?.split(';', 1)[0] ?? ''

test('the roles have as many scopes as the peers test', () => {
  const sizes = Object.fromEntries(
    Object.entries(defaultRoles).map(([role, scopes]) => [role, scopes.length]),
  )
  expect(sizes).toEqual({
    admin: 5,
    expert: 20,
    advanced: 16,
    user: 16,
    observer: 10,
    unauthenticated_single_user: 22,
    unauthenticated_public: 1,
  })
  expect(allScopes.length).toBe(25)
})

test('credentials are looked at in the order of the peers', () => {
  const all = { queryApiKey: 'q', authorization: 'ApiKey h', apiKeyCookie: 'c', loginCookie: 'l' }
  expect(readCredential(all)).toMatchObject({ kind: 'api-key', secret: 'q', from: 'query' })
  expect(readCredential({ ...all, queryApiKey: undefined })).toMatchObject({ secret: 'h', from: 'header' })
  const bearer = { ...all, queryApiKey: undefined, authorization: 'Bearer t' }
  expect(readCredential(bearer)).toMatchObject({ secret: 'c', from: 'cookie' })
  expect(readCredential({ ...bearer, apiKeyCookie: undefined })).toEqual({ kind: 'bearer', token: 't' })
  expect(readAuthorization('aPiKeY  x ')).toEqual({ kind: 'api-key', secret: 'x', from: 'header' })
  expect(readAuthorization('Basic x')).toMatchObject({ kind: 'malformed' })
})

test('the key works as header in any case, and as query, which sets the cookie', async () => {
  const { url } = await gateway()
  for (const scheme of ['ApiKey', 'apikey', 'APIKEY'])
    expect(
      (await fetch(`${url}/api/status`, { headers: { Authorization: `${scheme} ${testKey}` } })).status,
    ).toBe(200)
  const byQuery = await fetch(`${url}/api/status?api_key=${testKey}`)
  expect(byQuery.status).toBe(200)
  const cookie = cookiesOf(byQuery).find((one) => one.startsWith('bluesky_httpserver_api_key='))
  expect(cookie).toMatch(/HttpOnly/)
  expect(cookie).toMatch(/SameSite=Lax/)
  expect((await fetch(`${url}/api/queue/get`, { headers: { Cookie: pair(cookie) } })).status).toBe(200)
})

test('no, wrong and odd credentials have the texts of the peers', async () => {
  const { url } = await gateway()
  const nothing = await fetch(`${url}/api/status`, none)
  expect(nothing.status).toBe(401)
  expect(nothing.headers.get('www-authenticate')).toBe('Bearer scope="read:status"')
  expect(nothing.headers.get('x-tiled-root')).toBe(`${url}/api`)
  expect(await nothing.json()).toEqual({
    detail: "Not enough permissions. Requires scopes ['read:status']. Request had scopes []",
  })
  const detail = async (authorization: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/status`, { headers: { Authorization: authorization } })
    return [response.status, ((await response.json()) as { detail: string }).detail]
  }
  expect(await detail('ApiKey wrong')).toEqual([401, 'Invalid API key'])
  expect(await detail('Bearer abc')).toEqual([401, 'Could not validate credentials'])
  const [status, text] = (await detail('Basic abc')) as [number, string]
  expect(status).toBe(400)
  expect(text).toContain("'Bearer SECRET' or 'Apikey SECRET'")
})

test('the public sees the status and nothing else when anonymous access is on', async () => {
  const { url } = await gateway({ auth: { anonymous: true } })
  expect((await fetch(`${url}/api/status`, none)).status).toBe(200)
  expect((await fetch(`${url}/api/queue/get`, none)).status).toBe(401)
  expect(await (await fetch(`${url}/api/auth/scopes`, none)).json()).toEqual({
    roles: ['unauthenticated_public'],
    scopes: ['read:status'],
  })
  const wrong = await fetch(`${url}/api/status`, { headers: { Authorization: 'ApiKey wrong' } })
  expect(wrong.status).toBe(401)
})

test('whoami, scopes and providers answer everybody', async () => {
  const { url, get } = await gateway()
  expect(await (await fetch(`${url}/api/auth/whoami`, none)).json()).toBeNull()
  expect(await (await get('/api/auth/whoami')).json()).toMatchObject({ type: 'user' })
  expect(((await (await get('/api/auth/scopes')).json()) as { scopes: string[] }).scopes.length).toBe(22)
  expect(await (await fetch(`${url}/api/auth/providers`, none)).json()).toEqual({
    mode: 'single-user',
    anonymous: false,
    providers: [],
  })
})

test('a browser logs in with the key, writes with the csrf value, and logs out', async () => {
  const { url, post } = await gateway()
  const wrong = await post('/api/ui/login', { api_key: 'nope' }, { headers: {} })
  expect([wrong.status, await wrong.json()]).toEqual([401, { detail: 'Invalid API key' }])
  expect((await post('/api/ui/login', {}, { headers: {} })).status).toBe(422)
  const login = await post('/api/ui/login', { api_key: testKey }, { headers: {} })
  expect(login.status).toBe(200)
  const { csrf, user } = (await login.json()) as { csrf: string; user: { name: string } }
  expect(user.name).toBe('UNAUTHENTICATED_SINGLE_USER')
  const cookie = cookiesOf(login).find((one) => one.startsWith('demo_ui='))
  expect(cookie).toMatch(/HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/)
  const headers = { Cookie: pair(cookie) }

  expect((await fetch(`${url}/api/queue/get`, { headers })).status).toBe(200)
  const refused = await fetch(`${url}/api/queue/clear`, { method: 'POST', headers })
  expect([refused.status, await refused.text()]).toEqual([
    403,
    'Expected csrf query parameter or x-csrf header',
  ])
  const mismatch = await fetch(`${url}/api/queue/clear`, {
    method: 'POST',
    headers: { ...headers, 'x-csrf': 'x' },
  })
  expect([mismatch.status, await mismatch.text()]).toEqual([403, 'Double-submit CSRF tokens do not match'])
  const written = await fetch(`${url}/api/queue/clear`, {
    method: 'POST',
    headers: { ...headers, 'x-csrf': csrf },
  })
  expect(written.status).toBe(200)
  const bootstrap = await fetch(`${url}/api/ui/bootstrap`, { headers })
  expect(await bootstrap.json()).toMatchObject({ csrf, user: { kind: 'single-user' } })

  const logout = await fetch(`${url}/api/ui/logout`, { method: 'POST', headers })
  expect(logout.status).toBe(200)
  expect((await fetch(`${url}/api/queue/get`, { headers })).status).toBe(401)
})

test('the cookie of the key needs the csrf cookie, as header or query; a header key needs neither', async () => {
  const { url, post } = await gateway()
  const first = await fetch(`${url}/api/status?api_key=${testKey}`)
  const cookies = cookiesOf(first)
  const key = pair(cookies.find((one) => one.startsWith('bluesky_httpserver_api_key=')))
  const csrf = pair(cookies.find((one) => one.startsWith('bluesky_httpserver_csrf=')))
  const value = csrf.split('=')[1] ?? ''
  const clear = (headers: Record<string, string>, query = ''): Promise<Response> =>
    fetch(`${url}/api/queue/clear${query}`, { method: 'POST', headers })
  const alone = await clear({ Cookie: key })
  expect([alone.status, await alone.text()]).toEqual([403, 'Expected tiled_csrf_token cookie'])
  expect((await clear({ Cookie: `${key}; ${csrf}` })).status).toBe(403)
  expect((await clear({ Cookie: `${key}; ${csrf}`, 'x-csrf': value })).status).toBe(200)
  expect((await clear({ Cookie: `${key}; ${csrf}` }, `?csrf=${encodeURIComponent(value)}`)).status).toBe(200)
  expect((await post('/api/queue/clear')).status).toBe(200)
})

test('origins that are allowed may call with credentials, others get no header', async () => {
  const { url } = await gateway({ http: { allow_origins: ['http://gui.example'] } })
  const preflight = await fetch(`${url}/api/queue/clear`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'http://gui.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-csrf, content-type',
    },
  })
  expect(preflight.status).toBe(200)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('http://gui.example')
  expect(preflight.headers.get('access-control-allow-headers')).toBe('x-csrf, content-type')
  expect(preflight.headers.get('access-control-max-age')).toBe('600')
  const other = await fetch(`${url}/api/status`, { headers: { Origin: 'http://evil.example' } })
  expect([...other.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('a login survives a restart of the gateway, because it is kept in the data directory', async () => {
  const { loginRecords, loginLifeMs } = await import('../src/auth/login-records.ts')
  const { openGatewayStore } = await import('../src/store/gateway-store.ts')
  const { tempDir } = await import('@beamtime/service-kit/testing')
  const dir = tempDir()
  let now = 1_000_000
  const first = openGatewayStore(`${dir.path}/http.sqlite`)
  const { secret } = loginRecords(first, () => now).create('mara')
  first.close()
  const second = openGatewayStore(`${dir.path}/http.sqlite`)
  const records = loginRecords(second, () => now)
  expect(records.find(secret)).toMatchObject({ user: 'mara' })
  now += loginLifeMs - 1_000
  expect(records.find(secret)).not.toBeNull()
  now += loginLifeMs - 1_000
  expect(records.find(secret)).not.toBeNull()
  now += loginLifeMs + 1
  expect(records.find(secret)).toBeNull()
  expect(records.find('guess')).toBeNull()
  second.close()
  await dir.close()
})

test('a key is made once, kept for its owner only, and must be letters and digits', async () => {
  const { singleUserKey } = await import('../src/auth/single-user-key.ts')
  const { tempDir } = await import('@beamtime/service-kit/testing')
  const { statSync } = await import('node:fs')
  const dir = tempDir()
  const made = singleUserKey(null, dir.path)
  expect(made.key).toMatch(/^[0-9a-f]{64}$/)
  expect(statSync(made.file ?? '').mode & 0o777).toBe(0o600)
  expect(singleUserKey(null, dir.path).key).toBe(made.key)
  expect(singleUserKey('abc123', dir.path)).toEqual({ key: 'abc123', file: null })
  expect(() => singleUserKey('a-b', dir.path)).toThrow('letters and digits')
  await dir.close()
})
