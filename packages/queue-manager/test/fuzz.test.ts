import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createManagerCore, type ManagerCore } from '../src/core/manager-core.ts'
import { wireCodecs } from '../src/wire-codec.ts'
import { MsgpackProblem, readMsgpack, writeMsgpack } from '../src/msgpack-codec.ts'
import { parseJson, writeJson } from '../src/json-codec.ts'
import { existingDevices, existingPlans } from './existing-lists.ts'
import {
  owner,
  planItem,
  startTestManager,
  testPermissions,
  type ManagerUnderTest,
} from './manager-under-test.ts'
import { openPeer } from './peer.ts'

const methods = [
  'status',
  'config_get',
  'plans_allowed',
  'devices_allowed',
  'plans_existing',
  'permissions_get',
  'permissions_set',
  'queue_get',
  'queue_mode_set',
  'queue_item_add',
  'queue_item_add_batch',
  'queue_item_update',
  'queue_item_get',
  'queue_item_remove',
  'queue_item_remove_batch',
  'queue_item_move',
  'queue_item_move_batch',
  'queue_item_execute',
  'queue_clear',
  'history_get',
  'history_clear',
  'history_page',
  'environment_close',
  'environment_destroy',
  'environment_update',
  'script_upload',
  'function_execute',
  'task_status',
  'task_result',
  'queue_start',
  'queue_stop',
  'queue_autostart',
  'kernel_interrupt',
  're_pause',
  're_resume',
  're_runs',
  're_metadata',
  'lock',
  'lock_info',
  'unlock',
  'queue_item_status',
  'nope',
]
const names = [
  'item',
  'items',
  'user',
  'user_group',
  'pos',
  'uid',
  'uids',
  'pos_dest',
  'before_uid',
  'after_uid',
  'mode',
  'size',
  'item_uid',
  'option',
  'enable',
  'lock_key',
  'task_uid',
  'script',
  'replace',
  'limit',
  'offset',
  '__proto__',
]
const scalars = fc.oneof(
  fc.constantFrom(
    'front',
    'back',
    'primary',
    'default',
    'deferred',
    '',
    'a',
    null,
    true,
    false,
    0,
    1,
    -1,
    1e300,
    -1.5,
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    planItem('count', { detectors: [] }),
    { item_type: 'instruction', name: 'queue_stop' },
    [],
    {},
    ['a', 'a'],
  ),
)
const request = fc.record({
  method: fc.constantFrom(...methods),
  params: fc.oneof(
    fc
      .dictionary(fc.constantFrom(...names), scalars, { maxKeys: 5 })
      .map((params) => ({ ...owner, ...params })),
    fc.dictionary(fc.constantFrom(...names), scalars, { maxKeys: 5 }),
    scalars,
  ),
})

function newCore(): ManagerCore {
  let n = 0
  const core = createManagerCore({
    settings: {
      versionText: '1',
      permissionsReload: 'ON_STARTUP',
      updateLists: 'NEVER',
      emergencyLockKey: '',
      permittedMetadataKeys: ['/'],
      proposals: false,
      announcesRuns: true,
      historyKeepItems: 0,
      autostart: false,
      openEnvironmentOnStart: false,
    },
    ports: {
      newUid: () => `uid-${n++}`,
      nowS: () => n,
      monotonicMs: () => 0,
      isoTime: String,
      lockTime: String,
      hash: (text) => text,
      itemReady: () => undefined,
    },
    stored: { items: [], running: null, history: [], values: {}, links: [] },
    files: {
      permissions: { value: testPermissions },
      lists: { plans: existingPlans, devices: existingDevices },
    },
    reattached: false,
    restarted: false,
  })
  core.step({ kind: 'started', reattached: false })
  return core
}

test('every well-formed request of any content gets exactly one answer from the core', () => {
  const core = newCore()
  fc.assert(
    fc.property(request, (body) => {
      const normal = parseJson(JSON.stringify(body))
      const actions = [...core.step({ kind: 'request', id: 1, body: normal })]
      while (actions.at(-1)?.kind === 'continue') actions.push(...core.step({ kind: 'continue' }))
      const replies = actions.filter((action) => action.kind === 'reply')
      expect(replies).toHaveLength(1)
      for (const reply of replies) expect(typeof JSON.parse(writeJson(reply.body)).msg).toBe('string')
    }),
    { numRuns: 20_000 },
  )
})

test('any bytes decode to a body or to a text', () => {
  const seed = Buffer.from(
    JSON.stringify({ method: 'queue_item_add', params: { item: planItem('count'), ...owner } }),
  )
  const packed = Buffer.from(
    writeMsgpack({ method: 'queue_item_add', params: { pos: -1.5, x: [true, null, 70_000] } }),
  )
  const edit = fc.tuple(fc.nat(200), fc.nat(255))
  fc.assert(
    fc.property(
      fc.array(edit, { maxLength: 6 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(120),
      (edits, noise, cut) => {
        for (const [encoding, bytes] of [
          ['json', seed],
          ['msgpack', packed],
        ] as const) {
          const mutated = Buffer.from(bytes)
          for (const [at, value] of edits) mutated[at % mutated.length] = value
          for (const text of [mutated, mutated.subarray(0, cut), noise]) {
            expect(['body', 'undecodable']).toContain(wireCodecs[encoding].decode(text).kind)
          }
        }
      },
    ),
    { numRuns: 15_000 },
  )
})

test('what MessagePack writes it reads back, floats apart from integers', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      fc.pre(!/\d{19}/.test(text)) // beyond 64 bits there are only floats
      const normal = parseJson(text)
      expect(writeJson({ v: readMsgpack(writeMsgpack(normal)) })).toBe(writeJson({ v: normal }))
    }),
    { numRuns: 2000 },
  )
  expect(() => readMsgpack(new Uint8Array([0xdf, 0xff, 0xff, 0xff, 0xff]))).toThrow(MsgpackProblem)
  expect(() => readMsgpack(new Uint8Array(100_000).fill(0x91))).toThrow(MsgpackProblem)
})

let manager: ManagerUnderTest

beforeAll(async () => {
  manager = await startTestManager()
})

afterAll(async () => {
  await manager.close()
})

test('a socket that is flooded with rubbish frames keeps serving others', async () => {
  const rude = openPeer(manager.config.queue.control, 'json')
  const sample = fc.sample(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      request.map((body) => Buffer.from(JSON.stringify(body))),
    ),
    20_000,
  )
  let slowestMs = 0
  for (const [index, bytes] of sample.entries()) {
    if (index % 3 === 0) await rude.send([bytes])
    else if (index % 3 === 1) await rude.send(['', bytes])
    else await rude.send(['', bytes, 'more', bytes])
    if (index % 500 !== 0) continue
    const startMs = performance.now()
    expect(await manager.status()).toHaveProperty('status_uid')
    slowestMs = Math.max(slowestMs, performance.now() - startMs)
  }
  rude.close()
  expect(slowestMs).toBeLessThan(1000)
  expect(await manager.status()).toHaveProperty('status_uid')
})
