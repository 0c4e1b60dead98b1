import { expect, test, afterEach } from 'vitest'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import { planSchema } from '../src/core/plan-schema.ts'
import { withVariableNames } from '../src/core/validation/device-aliases.ts'
import { existingDevices, parameter, plan } from './existing-lists.ts'
import { owner, planItem, startTestManager, type ManagerUnderTest } from './manager-under-test.ts'

let manager: ManagerUnderTest | null = null
let dir: TempDir | null = null

afterEach(async () => {
  await manager?.close()
  await dir?.close()
  manager = null
  dir = null
})

const count = planItem('count', { detectors: ['det1'] })

test('a proposal waits over a restart, and approved it is an item of the queue', async () => {
  dir = tempDir()
  manager = await startTestManager({ dir })
  const added = await manager.call('queue_proposal_add', { item: count, ...owner, note: 'for the night' })
  const { proposal } = added as unknown as { proposal: { proposal_uid: string } }
  expect(proposal).toMatchObject({ item: { name: 'count' }, user: 'tester', note: 'for the night' })
  expect((await manager.status()).items_in_queue).toBe(0)
  await manager.close()
  manager = await startTestManager({ dir })
  expect(await manager.call('queue_proposal_list')).toMatchObject({ proposals: [proposal] })
  const approved = await manager.call('queue_proposal_approve', {
    proposal_uid: proposal.proposal_uid,
    pos: 'front',
  })
  expect(approved).toMatchObject({ success: true, qsize: 1, item: { name: 'count', user: 'tester' } })
  expect(await manager.call('queue_get')).toMatchObject({ items: [{ name: 'count', user_group: 'primary' }] })
  expect(await manager.call('queue_proposal_list')).toMatchObject({ proposals: [] })
})

test('a refused proposal is gone, and an unknown one is told', async () => {
  manager = await startTestManager()
  const added = await manager.call('queue_proposal_add', { item: count, ...owner })
  const { proposal_uid: uid } = (added as unknown as { proposal: { proposal_uid: string } }).proposal
  expect(await manager.call('queue_proposal_refuse', { proposal_uid: uid })).toMatchObject({ success: true })
  const again = await manager.call('queue_proposal_approve', { proposal_uid: uid })
  expect(again.msg).toBe(`Failed to approve the proposal: There is no proposal with UID '${uid}'.`)
  const bad = await manager.call('queue_proposal_add', { item: planItem('nope'), ...owner })
  expect(bad.msg).toContain(
    "Failed to add a proposal: Plan validation failed: Plan 'nope' is not in the list",
  )
})

test('where submissions are reviewed, the queue takes approved proposals only', async () => {
  manager = await startTestManager({ queue: { proposals: true } })
  for (const [method, params] of [
    ['queue_item_add', { item: count, ...owner }],
    ['queue_item_add_batch', { items: [count], ...owner }],
    ['queue_item_execute', { item: count, ...owner }],
  ] as const) {
    expect((await manager.call(method, params)).msg).toContain('Submissions wait for approval here')
  }
  const added = await manager.call('queue_proposal_add', { item: count, ...owner })
  const { proposal_uid: uid } = (added as unknown as { proposal: { proposal_uid: string } }).proposal
  expect(await manager.call('queue_proposal_approve', { proposal_uid: uid })).toMatchObject({ qsize: 1 })
})

test('the fate of an item is followed to where it is now', async () => {
  manager = await startTestManager()
  await manager.open()
  const added = await manager.call('queue_item_add', { item: planItem('fails'), ...owner })
  const uid = (added as unknown as { item: { item_uid: string } }).item.item_uid
  expect(await manager.call('queue_item_status', { uid })).toMatchObject({
    status: { state: 'queued', position: 0 },
  })
  for (const attempt of [1, 2]) {
    await manager.call('queue_start')
    await manager.until(
      'the plan to fail',
      (now) => now.items_in_history === attempt && now.manager_state === 'idle',
    )
  }
  expect(await manager.call('queue_item_status', { uid })).toMatchObject({
    status: { state: 'failed', result: { exit_status: 'failed' }, current: { state: 'queued', position: 0 } },
  })
})

test('plans are described as JSON Schema too', async () => {
  manager = await startTestManager()
  const reply = await manager.call('plans_schema', { user_group: 'primary', name: 'move_then_count' })
  expect(reply['plans_schema']).toEqual({
    move_then_count: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'move_then_count',
      type: 'object',
      properties: {
        motors: {
          'x-parameter-kind': 'POSITIONAL_OR_KEYWORD',
          type: 'array',
          items: { type: 'string', enum: ['motor1', 'motor2'], 'x-device-list': 'Motors' },
          'x-python-type': 'typing.List[Motors]',
        },
        positions: {
          'x-parameter-kind': 'POSITIONAL_OR_KEYWORD',
          type: 'array',
          items: { type: 'number', minimum: -10, maximum: 10 },
          'x-python-type': 'typing.List[float]',
          default: null,
        },
      },
      required: ['motors'],
      additionalProperties: false,
    },
  })
  expect((await manager.call('plans_schema', { user_group: 'primary', name: 'nope' })).msg).toContain(
    "Plan 'nope'",
  )
})

test('a schema knows every kind of parameter and type', () => {
  const schema = planSchema(
    plan('p', [
      parameter('args', { kind: 'VAR_POSITIONAL', annotation: { type: 'float | None' } }),
      parameter('mode', { annotation: { type: "typing.Literal['a', 'b']" }, default: "'a'" }),
      parameter('pair', { annotation: { type: 'tuple[int, str]' } }),
      parameter('table', { annotation: { type: 'dict[str, int]' }, min: '0' }),
      parameter('det', { annotation: { type: '__READABLE__' } }),
      parameter('other', { annotation: { type: 'numpy.ndarray' } }),
      parameter('kwargs', { kind: 'VAR_KEYWORD', annotation: { type: 'int' } }),
    ]),
  )
  expect(schema).toMatchObject({
    properties: {
      args: { type: 'array', items: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
      mode: { enum: ['a', 'b'], default: 'a' },
      pair: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], minItems: 2 },
      table: { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } },
      det: { type: 'string', 'x-names': 'readable' },
      other: { 'x-python-type': 'numpy.ndarray' },
    },
    required: ['pair', 'table', 'det', 'other'],
    additionalProperties: { type: 'integer' },
  })
})

test("a device's own name stands for its variable where nothing else has it", () => {
  const named = (name: string, from = 'det1') =>
    ({ ...existingDevices[from], name }) as (typeof existingDevices)[string]
  const devices = { ...existingDevices, det1: named('Detector-1'), det2: named('twin'), det3: named('twin') }
  const item = { name: 'count', args: [['Detector-1', 'twin', 'det2']], kwargs: { num: 'Detector-1' } }
  const detectors = parameter('detectors', {
    annotation: { type: 'typing.List[__READABLE__]' },
    convert_device_names: true,
  })
  const plans = { count: plan('count', [detectors, parameter('num', { annotation: { type: 'int' } })]) }
  expect(withVariableNames(item, plans, devices)).toEqual({
    ...item,
    // num takes no devices.
    args: [['det1', 'twin', 'det2']],
  })
  expect(withVariableNames(item, plans, existingDevices)).toBe(item)
})

test('manager_test knows no test in plain mode', async () => {
  manager = await startTestManager()
  expect((await manager.call('manager_test', { test_name: 'reserve_kernel' })).msg).toBe(
    'Error: IPython kernel mode is not enabled',
  )
  expect((await manager.call('manager_test', { test_name: 'x' })).msg).toContain("Unknown test: 'x'")
})
