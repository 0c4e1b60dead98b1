/** Texts and fields of sections 2, 6.2, 7, 8 and 9 of the queue server's contract, against the real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  owner,
  planItem,
  startTestManager,
  testPermissions,
  type ManagerUnderTest,
} from './manager-under-test.ts'
import { openPeer } from './peer.ts'

let manager: ManagerUnderTest

beforeAll(async () => {
  manager = await startTestManager({ queue: { emergency_lock_key: 'emergency' } })
})

afterAll(async () => {
  await manager.close()
})

async function raw(bytes: Uint8Array | string): Promise<Record<string, unknown>> {
  return await manager.peer.callRaw(bytes)
}

describe('requests that are none', () => {
  test.each([
    ['{"method"', 'Failed to decode the request: JSON decode error: '],
    [new Uint8Array([0xff, 0xfe]), 'Failed to decode the request: JSON decode error: '],
    ['', 'Failed to decode the request: JSON decode error: '],
    ['"abc"', 'Failed to decode the request: abc'],
    ['[]', "Incorrect request type: <class 'list'>. Dictionary is expected"],
    ['5', "Incorrect request type: <class 'int'>. Dictionary is expected"],
    ['null', "Incorrect request type: <class 'NoneType'>. Dictionary is expected"],
    ['{"met":"status"}', "Invalid request format: method is not specified: {'met': 'status'}"],
    [
      '{"method":"status","x":1}',
      "Request contains unexpected keys ['x']. Allowed keys: ('method', 'params')",
    ],
    ['{"method":"nope"}', "Unknown method 'nope'"],
    ['{"method":"__proto__"}', "Unknown method '__proto__'"],
    ['['.repeat(100_000), 'Failed to decode the request: JSON decode error: '],
  ])('%s', async (bytes, text) => {
    const answer = await raw(bytes)
    expect(Object.keys(answer)).toEqual(['success', 'msg'])
    expect(answer['success']).toBe(false)
    expect(answer['msg']).toContain(text)
  })

  test('params may be absent or null', async () => {
    expect(await raw('{"method":"queue_get","params":null}')).toMatchObject({ success: true })
    expect(await raw('{"method":"queue_get"}')).toMatchObject({ success: true })
  })

  test('status and ping take anything and have no success', async () => {
    const answer = await raw('{"method":"ping","params":{"anything":[1]}}')
    expect(answer).toMatchObject({ msg: 'RE Manager v0.0.25', manager_state: 'idle' })
    expect(answer).not.toHaveProperty('success')
    expect(await raw('{"method":"status"}')).toEqual(answer)
  })

  test('frames without the delimiter of REQ are dropped and the next request is served', async () => {
    const rude = openPeer(manager.config.queue.control, 'json')
    await rude.send(['{"method":"status"}'])
    await rude.send([''])
    expect(await rude.call({ method: 'status' })).toMatchObject({ manager_state: 'idle' })
    rude.close()
  })

  test('requests of one peer are answered in their order', async () => {
    const answers = await Promise.all([
      manager.peer.call({
        method: 'queue_item_add_batch',
        params: { items: Array(200).fill(planItem('fails')), ...owner },
      }),
      manager.peer.call({ method: 'queue_get' }),
      manager.peer.call({ method: 'queue_clear' }),
    ])
    expect(answers[0]).toMatchObject({ success: true, qsize: 200 })
    expect(answers[1]['items']).toHaveLength(200)
  })
})

describe('MessagePack', () => {
  test('the whole manager speaks it and tells truncated input in the words that clients expect', async () => {
    const other = await startTestManager({ queue: { encoding: 'msgpack' } })
    expect(await other.peer.callRaw(new Uint8Array([0x82, 0xa6]))).toEqual({
      success: false,
      msg: 'Failed to decode the request: MSGPACK decode error: Unpack failed: incomplete input',
    })
    expect(
      await other.call('queue_item_add', { item: planItem('count', { detectors: ['det1'] }), ...owner }),
    ).toMatchObject({
      success: true,
      qsize: 1,
    })
    await other.close()
  })
})

/** Requests that are refused while nothing is open: method, params, exact message, further fields. */
const refusals: readonly (readonly [string, Record<string, unknown>, string, Record<string, unknown>])[] = [
  [
    'queue_get',
    { x: 1 },
    "Error: API request contains unsupported parameters: 'x'. Supported parameters: []",
    { items: [], running_item: {}, plan_queue_uid: '' },
  ],
  [
    'history_get',
    { x: 1, y: 2 },
    "Error: API request contains unsupported parameters: ['x', 'y']. Supported parameters: []",
    { items: [], plan_history_uid: '' },
  ],
  [
    'plans_allowed',
    {},
    'Incorrect request format: user group is not specified',
    { plans_allowed: {}, plans_allowed_uid: null },
  ],
  ['plans_allowed', { user_group: 'nobody' }, "Unknown user group: 'nobody'", {}],
  [
    'devices_allowed',
    { user_group: 'nobody' },
    "Unknown user group: 'nobody'",
    { devices_allowed: {}, devices_allowed_uid: null },
  ],
  [
    'queue_item_add',
    { ...owner },
    'Failed to add an item: Incorrect request format: request contains no item info',
    { qsize: null, item: null },
  ],
  [
    'queue_item_add',
    { item: 5, ...owner },
    "Failed to add an item: Incorrect request format: incorrect type ('<class 'int'>') of item parameter: item parameter must have type 'dict'",
    { qsize: null, item: 5 },
  ],
  [
    'queue_item_add',
    { item: {}, ...owner },
    "Failed to add an item: Incorrect request format: 'item_type' key is not found",
    { item: {} },
  ],
  [
    'queue_item_add',
    { item: { item_type: 'x' }, ...owner },
    "Failed to add an item: Incorrect request format: unsupported 'item_type' value: 'x', supported item types ('plan', 'instruction')",
    {},
  ],
  [
    'queue_item_add',
    { item: planItem('count'), user: 'u' },
    'Failed to add an item: Incorrect request format: user group is not specified',
    {},
  ],
  [
    'queue_item_add',
    { item: planItem('count'), user_group: 'primary' },
    'Failed to add an item: Incorrect request format: user name is not specified',
    {},
  ],
  [
    'queue_item_add',
    { item: planItem('count'), user: 'u', user_group: 'x' },
    "Failed to add an item: Unknown user group: 'x'",
    {},
  ],
  [
    'queue_item_add',
    { item: { item_type: 'instruction', name: 'go' }, ...owner },
    "Failed to add an item: Unrecognized instruction: {'item_type': 'instruction', 'name': 'go'}",
    {},
  ],
  [
    'queue_item_add',
    { item: { item_type: 'plan' }, ...owner },
    "Failed to add an item: Plan validation failed: 'name'\nPlan: {'item_type': 'plan'}",
    {},
  ],
  [
    'queue_item_add',
    { item: planItem('nope'), ...owner },
    "Failed to add an item: Plan validation failed: Plan 'nope' is not in the list of allowed plans.\nPlan: {'item_type': 'plan', 'name': 'nope'}",
    {},
  ],
  [
    'queue_item_add',
    { item: { item_type: 'plan', name: 'count', args: [['det1', 'det2']], kwargs: { abc: 1 } }, ...owner },
    "Failed to add an item: Plan validation failed: got an unexpected keyword argument 'abc'\nPlan: {'item_type': 'plan',\n 'name': 'count',\n 'args': [['det1', 'det2']],\n 'kwargs': {'abc': 1}}",
    { qsize: null },
  ],
  [
    'queue_item_add',
    { item: planItem('fails'), pos: 'x', ...owner },
    "Failed to add an item: Parameter 'pos' has incorrect value: pos='x' (type=<class 'str'>)",
    {},
  ],
  [
    'queue_item_add',
    { item: planItem('fails'), pos: 1, before_uid: 'a', ...owner },
    'Failed to add an item: Ambiguous parameters: plan position and UID is specified',
    {},
  ],
  [
    'queue_item_add',
    { item: planItem('fails'), before_uid: 'a', ...owner },
    "Failed to add an item: Plan with UID 'a' is not in the queue.",
    {},
  ],
  [
    'queue_item_add_batch',
    { ...owner },
    'Failed to add an item: Invalid request format: the list of items is not found',
    { qsize: 0, items: [], results: [] },
  ],
  [
    'queue_item_update',
    { item: planItem('fails'), ...owner },
    'Failed to add an item: Item description contains no UID and UID generation is skipped',
    { qsize: 0 },
  ],
  [
    'queue_item_update',
    { item: { ...planItem('fails'), item_uid: 'x' }, ...owner },
    "Failed to add an item: Failed to replace item: Item with UID 'x' is not in the queue",
    { qsize: 0 },
  ],
  [
    'queue_item_get',
    { pos: 5 },
    "Failed to get an item: Index '5' is out of range (parameter pos = '5')",
    { item: {} },
  ],
  [
    'queue_item_get',
    { pos: 'x' },
    "Failed to get an item: Parameter 'pos' has incorrect type: pos=x (type=<class 'str'>)",
    {},
  ],
  ['queue_item_get', { uid: 'x' }, "Failed to get an item: Item with UID 'x' is not in the queue.", {}],
  [
    'queue_item_get',
    { uid: 'x', pos: 1 },
    'Failed to get an item: Ambiguous parameters: plan position and UID is specified',
    {},
  ],
  ['queue_item_remove', {}, 'Failed to remove an item: Queue is empty', { item: {}, qsize: null }],
  ['queue_item_remove', { pos: 'front' }, 'Failed to remove an item: Queue is empty', {}],
  [
    'queue_item_remove',
    { pos: 'x' },
    "Failed to remove an item: Parameter 'pos' has incorrect value: pos=x (type=<class 'str'>)",
    {},
  ],
  ['queue_item_remove', { uid: 'x' }, "Failed to remove an item: Plan with UID 'x' is not in the queue.", {}],
  [
    'queue_item_remove_batch',
    {},
    'Failed to remove a batch of items: Request does not contain the list of UIDs',
    { items: [], qsize: null },
  ],
  [
    'queue_item_remove_batch',
    { uids: ['7', '8'], ignore_missing: false },
    "Failed to remove a batch of items: The queue does not contain items with the following UIDs: ['7', '8']",
    {},
  ],
  [
    'queue_item_move',
    {},
    'Failed to move the item: Source position or UID is not specified.',
    { item: {}, qsize: null },
  ],
  [
    'queue_item_move',
    { pos: 50, pos_dest: 1 },
    "Failed to move the item: Source plan (position 50) was not found: Index '50' is out of range (parameter pos = '50').",
    {},
  ],
  [
    'queue_item_move',
    { uid: 'x', pos_dest: 1 },
    "Failed to move the item: Source plan (UID 'x') was not found: Item with UID 'x' is not in the queue..",
    {},
  ],
  [
    'queue_item_move_batch',
    { pos_dest: 'front' },
    'Failed to move the batch of items: Request does not contain the list of UIDs',
    { items: [], qsize: null },
  ],
  [
    'queue_item_move_batch',
    { uids: 5, pos_dest: 'front' },
    "Failed to move the batch of items: Parameter 'uids' must be a list: type(uids) = <class 'int'>",
    {},
  ],
  [
    'queue_item_move_batch',
    { uids: [] },
    "Failed to move the batch of items: Destination for the batch is not specified: use parameters 'pos_dest', 'before_uid' or 'after_uid'",
    {},
  ],
  [
    'queue_item_move_batch',
    { uids: [], pos_dest: 'front', after_uid: 'x' },
    "Failed to move the batch of items: The function was called with more than one mutually exclusive parameter ('pos_dest', 'before_uid', 'after_uid')",
    {},
  ],
  [
    'queue_item_move_batch',
    { uids: ['1', '1'], pos_dest: 'front' },
    'Failed to move the batch of items: The list of contains repeated UIDs (1 UIDs)',
    {},
  ],
  [
    'queue_item_execute',
    { item: planItem('fails'), ...owner },
    'Failed to start execution of the item: RE Worker environment does not exist.',
    { qsize: null },
  ],
  ['queue_mode_set', {}, "Failed to set queue mode: Parameter 'mode' is not found in request {}", {}],
  [
    'queue_mode_set',
    { mode: { x: true } },
    "Failed to set queue mode: Unsupported plan queue mode parameter 'x': supported parameters ['loop', 'ignore_failures']",
    {},
  ],
  [
    'queue_mode_set',
    { mode: { loop: 5 } },
    "Failed to set queue mode: Unsupported type '<class 'int'>' of the parameter 'loop': expected type '<class 'bool'>'",
    {},
  ],
  [
    'history_clear',
    { size: 1, item_uid: 'x' },
    "Error: Parameters 'size' and 'item_uid' are mutually exclusive.",
    {},
  ],
  ['history_clear', { size: 'ab' }, "Error: The 'size' parameter must be an integer: size='ab'", {}],
  ['history_clear', { item_uid: 1.5 }, "Error: The 'item_uid' parameter must be a string: item_uid=1.5", {}],
  ['environment_close', {}, 'RE Worker environment does not exist.', {}],
  ['environment_destroy', {}, 'RE environment does not exist', {}],
  [
    'environment_open',
    { x: 1 },
    "Error: API request contains unsupported parameters: 'x'. Supported parameters: ['lock_key']",
    {},
  ],
  ['environment_update', {}, 'RE Worker environment is not open', { task_uid: null }],
  ['script_upload', {}, "Error: Required 'script' parameter is is missing in API call.", { task_uid: null }],
  [
    'script_upload',
    { script: 5 },
    "Error: Type of the 'script' parameter in API call is incorrect.",
    { task_uid: null },
  ],
  ['script_upload', { script: 'x' }, 'RE Worker environment is not open', { task_uid: null }],
  [
    'function_execute',
    { item: planItem('f'), ...owner },
    "Error: Incorrect request format: unsupported 'item_type' value: 'plan', supported item types ('function',)",
    { task_uid: null },
  ],
  [
    'function_execute',
    { item: { item_type: 'function' }, ...owner },
    "Error: Function name is not specified: {'item_type': 'function'}",
    {},
  ],
  [
    'function_execute',
    { item: { item_type: 'function', name: 'x', args: 5 }, ...owner },
    "Error: Parameter 'args' is not a tuple or a list: <class 'int'>",
    {},
  ],
  [
    'function_execute',
    { item: { item_type: 'function', name: 'x', kwargs: [] }, ...owner },
    "Error: Parameter 'kwargs' is not a dictionary: <class 'list'>",
    {},
  ],
  [
    'function_execute',
    { item: { item_type: 'function', name: 'x' }, ...owner },
    "Error: Function 'x' is not allowed for users from 'primary' group.",
    {},
  ],
  [
    'function_execute',
    { item: { item_type: 'function', name: 'fail' }, ...owner },
    'Error: RE Worker environment is not open',
    {},
  ],
  ['task_status', {}, "Error: Required 'task_uid' parameter is missing in the API call.", { status: null }],
  [
    'task_status',
    { task_uid: 5 },
    "Error: 'task_uid' must be a string or a list of strings: type(task_uid)=<class 'int'>",
    {},
  ],
  [
    'task_result',
    {},
    "Error: Required 'task_uid' parameter is missing in the API call.",
    { status: null, result: null },
  ],
  ['queue_start', {}, 'RE Worker environment does not exist.', {}],
  ['queue_stop', {}, 'Failed to pause the queue. Queue is not running. Manager state: MState.IDLE', {}],
  ['queue_autostart', {}, "Error: Required 'enable' parameter is missing in 'queue_autostart' API call.", {}],
  [
    'queue_autostart',
    { enable: 1 },
    "Error: Required 'enable' parameter must be boolean: type(enable)=<class 'int'>.",
    {},
  ],
  [
    're_pause',
    { option: 'x' },
    "Option 'x' is not supported. Available options: ('deferred', 'immediate')",
    {},
  ],
  ['re_pause', {}, 'Environment does not exist. Can not pause Run Engine.', {}],
  ['re_resume', {}, "RE Manager is not paused: current state is 'idle'", {}],
  [
    're_runs',
    { option: 'x' },
    "Error: Option 'x' is not supported. Available options: ('active', 'open', 'closed')",
    { run_list: [], run_list_uid: '' },
  ],
  ['re_metadata', {}, 'Environment does not exist. Cannot retrieve RE metadata.', { re_metadata: {} }],
  ['permissions_set', {}, 'Error: "Parameter \'user_group_permissions\' is missing"', {}],
  ['permissions_set', { user_group_permissions: {} }, "Error: 'user_groups' is a required property", {}],
  [
    'permissions_set',
    { user_group_permissions: { user_groups: { a: {} } } },
    'Error: "User group permissions: Missing required user group: \'root\'"',
    {},
  ],
  [
    'lock',
    { user: 'u' },
    "Error: Lock key is not specified: 'lock_key' is a required parameter",
    { lock_info: {}, lock_info_uid: null },
  ],
  ['lock', {}, "Error: User name is not specified: 'user' is a required parameter", {}],
  ['lock', { user: 'u', lock_key: '' }, "Error: Lock key must be a non-empty string: lock_key = ''", {}],
  ['lock', { lock_key: 'k' }, "Error: User name is not specified: 'user' is a required parameter", {}],
  ['lock', { lock_key: 'k', user: null }, 'Error: User name must be a non-empty string: user = None', {}],
  [
    'lock',
    { lock_key: 'k', user: 'u' },
    'Error: Invalid option: environment and/or queue must be selected: environment=False queue=False',
    {},
  ],
  [
    'lock',
    { lock_key: 'k', user: 'u', note: 5, queue: true },
    'Error: Note must be a string or None: note = 5',
    {},
  ],
  ['unlock', {}, "Error: Request contains no lock key: 'lock_key' parameter is required", {}],
  ['queue_clear', { lock_key: 5 }, 'Error: Lock key must be a non-empty string or None: lock_key = 5', {}],
  [
    'manager_stop',
    { option: 'x' },
    "Error: Option 'x' is not allowed. Allowed options: ('safe_off', 'safe_on')",
    {},
  ],
  [
    'kernel_interrupt',
    {},
    'Failed to interrupt IPython kernel: RE Manager is not in IPython mode: IPython kernel is not used',
    {},
  ],
  [
    'manager_kill',
    { x: 1 },
    "Error: API request contains unsupported parameters: 'x'. Supported parameters: []",
    {},
  ],
]

describe('refusals without an environment', () => {
  test.each(refusals)('%s %j', async (method, params, msg, fields) => {
    const answer = await manager.call(method, params)
    expect(answer).toMatchObject({ success: false, msg, ...fields })
  })

  test('a mode of another type', async () => {
    const { msg } = await manager.call('queue_mode_set', { mode: 'x' })
    expect(msg).toContain(
      "Failed to set queue mode: Queue mode is passed using object of unsupported type '<class 'str'>': ",
    )
  })
})

describe('a batch with invalid items', () => {
  test('adds nothing and says which', async () => {
    const items = [
      planItem('fails'),
      planItem('nope'),
      { item_type: 'instruction', name: 'queue_stop' },
      {},
      planItem('waits'),
    ]
    const answer = await manager.call('queue_item_add_batch', { items, ...owner })
    expect(answer).toMatchObject({
      success: false,
      msg: 'Failed to add all items: validation of 2 out of 5 submitted items failed',
      qsize: 0,
      items,
    })
    const results = answer['results'] as { success: boolean; msg: string }[]
    expect(results.map(({ success }) => success)).toEqual([true, false, true, false, true])
    expect(results[1]?.msg).toContain(
      "Failed to add a plan: Plan validation failed: Plan 'nope' is not in the list of allowed plans.",
    )
    expect(results[3]?.msg).toContain("'item_type' key is not found")
  })

  test('with an impossible place refuses each item', async () => {
    const answer = await manager.call('queue_item_add_batch', {
      items: [planItem('fails'), planItem('waits')],
      before_uid: 'x',
      ...owner,
    })
    expect(answer).toMatchObject({
      success: false,
      msg: 'Failed to add all items: validation of 2 out of 2 submitted items failed',
      results: [{ msg: "Failed to add item to queue: Plan with UID 'x' is not in the queue." }, {}],
    })
  })
})

describe('locks', () => {
  afterEach(async () => {
    await manager.call('unlock', { lock_key: 'emergency' })
  })

  test('a locked queue is refused without the key and changed with it', async () => {
    const locked = await manager.call('lock', {
      lock_key: 'secret',
      user: 'Ada',
      note: 'aligning',
      queue: true,
    })
    expect(locked).toMatchObject({
      success: true,
      lock_info: {
        environment: false,
        queue: true,
        user: 'Ada',
        note: 'aligning',
        emergency_lock_key_is_set: true,
      },
    })
    const refused = await manager.call('queue_clear')
    expect(refused.msg).toMatch(
      /^Error: Invalid lock key: \nRE Manager is locked by Ada at \d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d\nEnvironment is locked: False\nQueue is locked: {7}True\nEmergency lock key: {4}set\nNote: aligning$/,
    )
    expect(await manager.call('queue_clear', { lock_key: 'wrong' })).toMatchObject({ success: false })
    expect(await manager.call('queue_clear', { lock_key: 'emergency' })).toMatchObject({ success: false })
    expect(await manager.call('queue_clear', { lock_key: 'secret' })).toMatchObject({ success: true })
    expect(await manager.call('queue_get')).toMatchObject({ success: true })
    expect(await manager.status()).toMatchObject({ lock: { environment: false, queue: true } })
    const other = await manager.call('lock', { lock_key: 'other', user: 'Bob', queue: true })
    expect(other.msg).toContain(
      'Error: RE Manager was locked with a different key: \nRE Manager is locked by Ada',
    )
    expect((await manager.call('lock_info', { lock_key: 'other' })).msg).toContain(
      'Error: Invalid lock key: \n',
    )
    expect(await manager.call('lock_info', { lock_key: null })).toMatchObject({ success: true })
    expect(await manager.call('unlock', { lock_key: 'secret' })).toMatchObject({
      success: true,
      lock_info: { queue: false, user: null, time_str: '' },
    })
  })

  test('the emergency key opens', async () => {
    await manager.call('lock', { lock_key: 'secret', user: 'Ada', environment: true })
    expect((await manager.call('environment_open')).msg).toContain('Error: Invalid lock key: \n')
    expect(await manager.call('unlock', { lock_key: 'nope' })).toMatchObject({ success: false })
    expect(await manager.call('unlock', { lock_key: 'emergency' })).toMatchObject({ success: true })
  })

  test('neither replies nor the file hold the key', async () => {
    const answer = await manager.call('lock', { lock_key: 'TopSecretKey', user: 'Ada', queue: true })
    expect(JSON.stringify(answer)).not.toContain('TopSecretKey')
    const { readFileSync } = await import('node:fs')
    const base = `${manager.dir.path}/state/queue-main.sqlite`
    for (const file of [base, `${base}-wal`]) expect(readFileSync(file).includes('TopSecretKey')).toBe(false)
  })
})

describe('permissions', () => {
  test('each group sees its own plans and devices', async () => {
    const narrow = await manager.call('plans_allowed', { user_group: 'narrow' })
    expect(Object.keys(narrow['plans_allowed'] as object)).toEqual(['count'])
    const devices = await manager.call('devices_allowed', { user_group: 'narrow' })
    expect(Object.keys(devices['devices_allowed'] as object)).toEqual(['det', 'det1', 'det2', 'det3'])
    const primary = await manager.call('plans_allowed', { user_group: 'primary' })
    expect(Object.keys(primary['plans_allowed'] as object)).not.toContain('_hidden')
  })

  test('setting other permissions renews the allowed uids, setting the same does not', async () => {
    const before = await manager.status()
    await manager.call('permissions_set', { user_group_permissions: testPermissions })
    expect(await manager.status()).toMatchObject({ plans_allowed_uid: before.plans_allowed_uid })
    const groups = { ...testPermissions.user_groups, extra: { allowed_plans: [':^c'] } }
    await manager.call('permissions_set', { user_group_permissions: { user_groups: groups } })
    expect((await manager.status()).plans_allowed_uid).not.toBe(before.plans_allowed_uid)
    expect(await manager.call('plans_allowed', { user_group: 'extra' })).toMatchObject({ success: true })
    expect(await manager.call('permissions_reload')).toMatchObject({ success: true, msg: '' })
    expect(await manager.call('plans_allowed', { user_group: 'extra' })).toMatchObject({ success: false })
    expect(await manager.call('permissions_get')).toMatchObject({ user_group_permissions: testPermissions })
  })
})

describe('with an environment', () => {
  beforeAll(async () => {
    await manager.call('unlock', { lock_key: 'emergency' })
    await manager.open()
  })

  test.each([
    ['environment_open', {}, 'RE Worker environment already exists.'],
    ['re_pause', {}, "Run engine can be paused only in 'running' state. Current state: 'idle'"],
  ])('%s %j', async (method, params, msg) => {
    expect(await manager.call(method, params)).toMatchObject({ success: false, msg })
  })

  test('starting an empty queue succeeds', async () => {
    expect(await manager.call('queue_start')).toMatchObject({ success: true, msg: '' })
    await manager.until('idle', (status) => status.manager_state === 'idle')
  })

  test('a foreground function is a task with a readable result', async () => {
    const before = await manager.status()
    const item = { item_type: 'function', name: 'function_sleep', args: [0.05] }
    const answer = await manager.call('function_execute', { item, ...owner })
    expect(answer).toMatchObject({
      success: true,
      item: { name: 'function_sleep', args: [0.05], kwargs: {}, ...owner, item_uid: answer['task_uid'] },
    })
    expect(answer['item']).not.toHaveProperty('item_type')
    const uid = String(answer['task_uid'])
    expect(await manager.call('task_result', { task_uid: uid })).toMatchObject({
      success: true,
      status: 'running',
      result: { task_uid: uid, run_in_background: false },
    })
    expect((await manager.call('function_execute', { item, ...owner })).msg).toBe(
      "Error: Failed to start the task: RE Manager must be in idle state. Current state: 'executing_task'",
    )
    expect((await manager.call('environment_close')).msg).toBe('Foreground task execution is in progress.')
    const done = await manager.until('the task', (status) => status.manager_state === 'idle')
    expect(done.task_results_uid).not.toBe(before.task_results_uid)
    expect(await manager.call('task_result', { task_uid: uid })).toMatchObject({
      status: 'completed',
      result: { success: true, msg: '', return_value: { success: true, args: [0.05] } },
    })
    expect(await manager.call('task_status', { task_uid: [uid, 'other'] })).toMatchObject({
      status: { [uid]: 'completed', other: 'not_found' },
    })
  })

  test('a failing function is a completed task that did not succeed', async () => {
    const answer = await manager.call('function_execute', {
      item: { item_type: 'function', name: 'fail' },
      ...owner,
    })
    await manager.until('the task', (status) => status.manager_state === 'idle')
    expect(await manager.call('task_result', { task_uid: answer['task_uid'] })).toMatchObject({
      status: 'completed',
      result: { success: false, return_value: null, msg: expect.stringContaining('the function failed') },
    })
  })

  test('re_metadata answers with what the worker has', async () => {
    expect(await manager.call('re_metadata')).toMatchObject({ success: true, re_metadata: { scan_id: 0 } })
  })

  test('scripts and updates are tasks', async () => {
    for (const [method, params] of [
      ['script_upload', { script: 'x = 1' }],
      ['environment_update', {}],
    ] as const) {
      const answer = await manager.call(method, params)
      expect(answer).toMatchObject({ success: true })
      await manager.until(method, (status) => status.manager_state === 'idle')
      expect(await manager.call('task_status', { task_uid: answer['task_uid'] })).toMatchObject({
        status: 'completed',
      })
    }
  })

  test('a running queue refuses what needs an idle manager', async () => {
    await manager.call('queue_item_add', { item: planItem('waits'), ...owner })
    await manager.call('queue_start')
    const running = await manager.until('running', (status) => status.re_state === 'running')
    const uid = running.running_item_uid
    expect((await manager.call('environment_close')).msg).toBe('Queue execution is in progress.')
    expect((await manager.call('queue_start')).msg).toBe('RE Manager is busy.')
    expect((await manager.call('manager_stop')).msg).toBe(
      "Error: Closing RE Manager with option 'safe_on' is allowed only in 'idle' state. Current state: 'executing_queue'",
    )
    expect((await manager.call('queue_item_get', { uid })).msg).toBe(
      `Failed to get an item: Item with UID '${uid}' is currently running.`,
    )
    expect((await manager.call('queue_item_remove', { uid })).msg).toBe(
      'Failed to remove an item: Can not remove an item which is currently running.',
    )
    expect(
      (await manager.call('queue_item_update', { item: { ...planItem('fails'), item_uid: uid }, ...owner }))
        .msg,
    ).toBe(`Failed to add an item: Failed to replace item: Item with UID '${uid}' is currently running`)
    expect(
      (await manager.call('queue_item_add', { item: planItem('fails'), before_uid: uid, ...owner })).msg,
    ).toBe('Failed to add an item: Can not insert a plan in the queue before a currently running plan.')
    expect(
      await manager.call('queue_item_add', { item: planItem('fails'), after_uid: uid, ...owner }),
    ).toMatchObject({ success: true, qsize: 1 })
    const shown = (await manager.call('queue_get'))['running_item'] as { properties: { time_start: number } }
    expect(shown.properties.time_start).toBeGreaterThan(1e9)
    await manager.call('environment_destroy')
    await manager.until('idle', (status) => status.manager_state === 'idle')
    await manager.call('queue_clear')
    await manager.call('history_clear')
  })
})

test('manager_stop answers and then stops; manager_kill never answers', async () => {
  const other = await startTestManager()
  expect(await other.call('manager_stop')).toMatchObject({ success: true, msg: '' })
  const second = openPeer(other.config.queue.control, 'json')
  void other.call('manager_kill')
  await second.call({ method: 'status' })
  await expect.poll(() => other.stops).toEqual(['stop', 'crash'])
  second.close()
  await other.close()
})
