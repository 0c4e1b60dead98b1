import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFixture } from './gateway-fixture.ts'
import type { Fixture } from './gateway-fixture.ts'

let gateway: Fixture
beforeAll(async () => {
  gateway = await startFixture()
})
afterAll(async () => {
  await gateway.close()
})

/** Method, path, body, the manager's method and its parameters. */
const table: readonly (readonly [string, string, unknown, string, Record<string, unknown>])[] = [
  ['GET', '/api/', undefined, 'ping', {}],
  ['GET', '/api/ping', { reload: true }, 'ping', {}],
  ['GET', '/api/status', undefined, 'status', {}],
  ['GET', '/api/config/get', {}, 'config_get', {}],
  ['GET', '/api/queue/get', { reload: false }, 'queue_get', {}],
  ['POST', '/api/queue/autostart', { enable: true }, 'queue_autostart', { enable: true }],
  ['POST', '/api/queue/mode/set', { mode: { loop: true } }, 'queue_mode_set', { mode: { loop: true } }],
  [
    'POST',
    '/api/queue/mode/set',
    { loop: true, lock_key: 'k' },
    'queue_mode_set',
    { mode: { loop: true }, lock_key: 'k' },
  ],
  ['POST', '/api/queue/mode/set', { mode: 'default' }, 'queue_mode_set', { mode: 'default' }],
  ['POST', '/api/queue/start', undefined, 'queue_start', {}],
  ['POST', '/api/queue/start', { lock_key: 'abc' }, 'queue_start', { lock_key: 'abc' }],
  ['POST', '/api/queue/stop', {}, 'queue_stop', {}],
  ['POST', '/api/queue/stop/cancel', {}, 'queue_stop_cancel', {}],
  [
    'POST',
    '/api/queue/item/execute',
    { item: { name: 'count' } },
    'queue_item_execute',
    { item: { name: 'count' }, user: 'UNAUTHENTICATED_SINGLE_USER', user_group: 'primary' },
  ],
  [
    'POST',
    '/api/queue/item/update',
    { item: { item_uid: 'u' }, replace: true },
    'queue_item_update',
    { item: { item_uid: 'u' }, replace: true, user: 'UNAUTHENTICATED_SINGLE_USER', user_group: 'primary' },
  ],
  ['GET', '/api/queue/item/get', { pos: -1 }, 'queue_item_get', { pos: -1 }],
  ['GET', '/api/queue/item/get?uid=123', undefined, 'queue_item_get', { uid: '123' }],
  ['GET', '/api/queue/item/get?pos=2', undefined, 'queue_item_get', { pos: 2 }],
  ['GET', '/api/queue/item/abc-def', undefined, 'queue_item_get', { uid: 'abc-def' }],
  ['POST', '/api/queue/item/remove', { pos: 'front' }, 'queue_item_remove', { pos: 'front' }],
  ['POST', '/api/queue/item/remove/batch', { uids: ['a'] }, 'queue_item_remove_batch', { uids: ['a'] }],
  ['POST', '/api/queue/item/move', { pos: 0, pos_dest: 3 }, 'queue_item_move', { pos: 0, pos_dest: 3 }],
  [
    'POST',
    '/api/queue/item/move/batch',
    { uids: ['a'], pos_dest: 'front', reorder: true },
    'queue_item_move_batch',
    { uids: ['a'], pos_dest: 'front', reorder: true },
  ],
  ['GET', '/api/history/get', undefined, 'history_get', {}],
  ['POST', '/api/history/clear', { size: 5 }, 'history_clear', { size: 5 }],
  ['POST', '/api/environment/open', undefined, 'environment_open', {}],
  ['POST', '/api/environment/close', {}, 'environment_close', {}],
  ['POST', '/api/environment/destroy', {}, 'environment_destroy', {}],
  [
    'POST',
    '/api/environment/update',
    { run_in_background: true },
    'environment_update',
    { run_in_background: true },
  ],
  ['POST', '/api/re/pause', { option: 'immediate' }, 're_pause', { option: 'immediate' }],
  ['POST', '/api/re/resume', undefined, 're_resume', {}],
  ['POST', '/api/re/stop', undefined, 're_stop', {}],
  ['POST', '/api/re/abort', undefined, 're_abort', {}],
  ['POST', '/api/re/halt', undefined, 're_halt', {}],
  ['POST', '/api/re/runs', { option: 'closed' }, 're_runs', { option: 'closed' }],
  ['GET', '/api/re/runs/active', undefined, 're_runs', { option: 'active' }],
  ['GET', '/api/re/runs/open', undefined, 're_runs', { option: 'open' }],
  ['GET', '/api/re/runs/closed', undefined, 're_runs', { option: 'closed' }],
  ['GET', '/api/re/metadata', undefined, 're_metadata', {}],
  ['GET', '/api/plans/allowed', { reduced: false }, 'plans_allowed', { user_group: 'primary' }],
  ['GET', '/api/devices/allowed', undefined, 'devices_allowed', { user_group: 'primary' }],
  ['GET', '/api/plans/existing', undefined, 'plans_existing', {}],
  ['GET', '/api/devices/existing', undefined, 'devices_existing', {}],
  [
    'POST',
    '/api/permissions/reload',
    { restore_permissions: false },
    'permissions_reload',
    { restore_permissions: false },
  ],
  ['GET', '/api/permissions/get', undefined, 'permissions_get', {}],
  [
    'POST',
    '/api/permissions/set',
    { user_group_permissions: {} },
    'permissions_set',
    { user_group_permissions: {} },
  ],
  [
    'POST',
    '/api/function/execute',
    { item: { name: 'f' } },
    'function_execute',
    { item: { name: 'f' }, user: 'UNAUTHENTICATED_SINGLE_USER', user_group: 'primary' },
  ],
  ['POST', '/api/script/upload', { script: 'a=1' }, 'script_upload', { script: 'a=1' }],
  ['GET', '/api/task/status', { task_uid: ['a', 'b'] }, 'task_status', { task_uid: ['a', 'b'] }],
  ['GET', '/api/task/result?task_uid=7', undefined, 'task_result', { task_uid: '7' }],
  ['POST', '/api/kernel/interrupt', { interrupt_plan: true }, 'kernel_interrupt', { interrupt_plan: true }],
  [
    'POST',
    '/api/lock',
    { lock_key: 'k', environment: true },
    'lock',
    { lock_key: 'k', environment: true, user: 'UNAUTHENTICATED_SINGLE_USER' },
  ],
  ['POST', '/api/unlock', { lock_key: 'k' }, 'unlock', { lock_key: 'k' }],
  ['GET', '/api/lock/info', { lock_key: null }, 'lock_info', { lock_key: null }],
  ['POST', '/api/manager/stop', { option: 'safe_off' }, 'manager_stop', { option: 'safe_off' }],
]

/** fetch refuses a body on GET; the Python client sends one on every request. */
async function send(
  method: string,
  path: string,
  body: unknown,
  typed = true,
): Promise<{ status: number; json: unknown }> {
  const { request } = await import('node:http')
  return await new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const sent = request(
      `${gateway.url}${path}`,
      {
        method,
        headers: {
          Authorization: 'ApiKey APIKEYFORTESTS',
          ...(body === undefined
            ? {}
            : {
                ...(typed ? { 'Content-Type': 'application/json' } : {}),
                'Content-Length': Buffer.byteLength(text),
              }),
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            json: JSON.parse(Buffer.concat(chunks).toString() || 'null'),
          }),
        )
      },
    )
    sent.once('error', reject)
    sent.end(text)
  })
}

test.each(table)('%s %s with %j calls the manager', async (method, path, body, call, params) => {
  gateway.manager.calls.length = 0
  const { status } = await send(method, path, body)
  expect(status).toBe(200)
  expect(gateway.manager.calls.filter((one) => one.method === call)).toEqual([{ method: call, params }])
})

test('user and group that a client sends are overwritten', async () => {
  const { json } = await send('POST', '/api/queue/item/add', {
    item: { item_type: 'plan', name: 'count' },
    user: 'Mallory',
    user_group: 'root',
    pos: 'front',
  })
  expect(json).toMatchObject({
    success: true,
    item: { user: 'UNAUTHENTICATED_SINGLE_USER', user_group: 'primary' },
  })
  const added = gateway.manager.calls.findLast((one) => one.method === 'queue_item_add')
  expect(added?.params).toMatchObject({ pos: 'front', user_group: 'primary' })
})

test('without the main key the object goes to the manager, whose refusal is a 200', async () => {
  const { status, json } = await send('POST', '/api/queue/item/add', { nonsense: 1 })
  expect(status).toBe(200)
  expect(json).toMatchObject({ success: false, qsize: null })
})

test('an unknown parameter is a 400 that names it', async () => {
  const wrong = await send('POST', '/api/queue/start', { foo: 1 })
  expect(wrong).toMatchObject({ status: 400 })
  expect(JSON.stringify(wrong.json)).toContain("got an unexpected keyword argument 'foo'")
  const plans = await send('GET', '/api/plans/allowed', { unsupported: 1 })
  expect(plans).toEqual({
    status: 400,
    json: { detail: "Request contains keys the are not supported: {'unsupported'}" },
  })
  const missing = await send('POST', '/api/queue/autostart', {})
  expect(missing.status).toBe(400)
  expect(JSON.stringify(missing.json)).toContain("'enable'")
  expect((await send('POST', '/api/lock', {})).status).toBe(400)
  expect((await send('POST', '/api/re/runs', { option: 'wrong' })).status).toBe(400)
})

test('bodies of a wrong shape are a 422 with loc', async () => {
  for (const body of ['[1]', '"x"', '{"a":', '\u0000']) {
    const response = await gateway.post('/api/queue/start', body)
    expect([response.status, body]).toEqual([422, body])
    expect(await response.json()).toMatchObject({ detail: [{ loc: ['body'] }] })
  }
  const text = await gateway.post('/api/queue/start', 'x', {
    headers: { Authorization: 'ApiKey APIKEYFORTESTS', 'Content-Type': 'text/plain' },
  })
  expect(text.status).toBe(422)
  expect((await gateway.post('/api/queue/autostart')).status).toBe(422)
  expect((await send('GET', '/api/task/result', undefined)).status).toBe(422)
})

test('empty bodies, null and no content type mean no parameters', async () => {
  const key = { Authorization: 'ApiKey APIKEYFORTESTS' }
  expect((await gateway.post('/api/queue/start', 'null')).status).toBe(200)
  expect((await gateway.post('/api/queue/start', '')).status).toBe(200)
  const empty = await gateway.post('/api/queue/start', undefined, {
    headers: { ...key, 'Content-Type': 'application/json' },
  })
  expect(empty.status).toBe(200)
  expect((await send('POST', '/api/queue/start', {}, false)).status).toBe(200)
})

test('unknown paths, methods and slashes have the answers of the peers', async () => {
  const unknown = await gateway.get('/api/nothing')
  expect([unknown.status, await unknown.json()]).toEqual([404, { detail: 'Not Found' }])
  const method = await gateway.post('/api/status', {})
  expect([method.status, await method.json()]).toEqual([405, { detail: 'Method Not Allowed' }])
  const slash = await gateway.get('/api')
  expect([slash.status, slash.headers.get('location')]).toEqual([307, '/api/'])
  expect((await gateway.get('/api/status/')).headers.get('location')).toBe('/api/status')
  expect((await gateway.get('/')).status).toBe(404)
  expect(unknown.headers.get('server-timing')).toMatch(/^app;dur=/)
})

test('an unchanged queue is a 304', async () => {
  const first = await gateway.get('/api/queue/get')
  const tag = first.headers.get('etag') ?? ''
  expect(tag).toBe(`"${gateway.manager.status.plan_queue_uid}"`)
  const again = await gateway.get('/api/queue/get', {
    headers: { Authorization: 'ApiKey APIKEYFORTESTS', 'If-None-Match': tag },
  })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test('plans reduced for web forms have plain types', async () => {
  const { json } = await send('GET', '/api/plans/allowed', { reduced: true })
  expect(json).toMatchObject({
    success: true,
    plans_allowed: {
      count: {
        name: 'count',
        parameters: [{ name: 'detectors' }, { name: 'num', type: 'int', default: 1, is_optional: true }],
      },
    },
  })
})

test('a manager that does not answer is a 408 with the known text, and the gateway lives on', async () => {
  gateway.manager.answers.set('re_metadata', () => null)
  const response = await gateway.get('/api/re/metadata')
  gateway.manager.answers.delete('re_metadata')
  expect(response.status).toBe(408)
  expect(await response.json()).toEqual({
    detail: 'Request timeout: ZMQ communication error: timeout occurred',
  })
  expect((await gateway.get('/api/re/metadata')).status).toBe(200)
})

test('routes of test systems are absent unless testing is on', async () => {
  expect((await gateway.post('/api/test/manager/kill', {})).status).toBe(404)
  expect((await gateway.get('/api/test/server/sleep?time=0')).status).toBe(404)
})

test('the description of the routes is served without a login', async () => {
  const openapi = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as {
    info: { title: string }
    paths: Record<string, unknown>
  }
  expect(openapi.info.title).toBe('Bluesky HTTP Server')
  expect(openapi.paths['/api/queue/item/add']).toBeDefined()
  const docs = await fetch(`${gateway.url}/docs`)
  expect(await docs.text()).toContain('/api/queue/item/add')
})

test('probes and metrics answer', async () => {
  expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ status: 'ok' })
  expect(await (await fetch(`${gateway.url}/api/health`)).json()).toEqual({ status: 'ok' })
  expect(await (await fetch(`${gateway.url}/readyz`)).json()).toMatchObject({ status: 'ready' })
  expect(await (await fetch(`${gateway.url}/version`)).json()).toMatchObject({ version: '0.1.0' })
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  expect(metrics).toContain('# TYPE beamtime_http_request_seconds histogram')
  expect((await gateway.get('/api/metrics')).status).toBe(401)
})
