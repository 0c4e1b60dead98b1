/** Items on their way into the queue and in it (queueserver contract, 6.1 and 6.2), through the control socket. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { owner, planItem, startTestManager, type ManagerUnderTest } from '../manager-under-test.ts'

type Item = Readonly<Record<string, unknown>> & { readonly item_uid: string }

let manager: ManagerUnderTest

beforeAll(async () => {
  manager = await startTestManager()
})

afterEach(async () => {
  await manager.call('queue_clear')
})

afterAll(async () => {
  await manager.close()
})

async function add(item: Record<string, unknown>, where: Record<string, unknown> = {}): Promise<Item> {
  const reply = await manager.call('queue_item_add', { item, ...owner, ...where })
  expect(reply).toMatchObject({ success: true, msg: '' })
  return reply['item'] as Item
}

async function queue(): Promise<readonly Item[]> {
  return (await manager.call('queue_get'))['items'] as Item[]
}

/** Adds plans that carry their letter in `meta`. */
async function fill(letters: string): Promise<readonly Item[]> {
  const items = Array.from(letters, (letter) => lettered(letter))
  const reply = await manager.call('queue_item_add_batch', { items, ...owner })
  return reply['items'] as Item[]
}

function lettered(letter: string): Record<string, unknown> {
  return { ...planItem('fails'), meta: { letter } }
}

async function letters(): Promise<string> {
  return (await queue()).map((item) => (item['meta'] as { letter: string }).letter).join('')
}

describe('an item that is submitted', () => {
  test('keeps the keys of the contract in their order, also a uid that does not count, and gets its owner behind them', async () => {
    const item = await add({
      meta: [{ a: 1 }],
      kwargs: { num: 2 },
      result: { exit_status: 'completed' },
      comment: 'dropped',
      name: 'count',
      item_uid: 'mine',
      args: [['det1']],
      item_type: 'plan',
    })
    expect(Object.keys(item)).toEqual([
      'meta',
      'kwargs',
      'name',
      'item_uid',
      'args',
      'item_type',
      'user',
      'user_group',
    ])
    expect(item.item_uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await queue()).toEqual([item])
  })

  test('passes properties through but those that are the manager’s own', async () => {
    const kept = await add({ ...planItem('fails'), properties: { time_start: 1, note: 'x' } })
    expect(kept['properties']).toEqual({ note: 'x' })
    const dropped = await add({ ...planItem('fails'), properties: { immediate_execution: true } })
    expect(dropped).not.toHaveProperty('properties')
  })

  test('keeps whole floats apart from integers, and text of any kind', async () => {
    const body = `{"method":"queue_item_add","params":{"item":{"item_type":"plan","name":"scan","args":[1.0,1,"ä\\u0000𝛑"]},"user":"u","user_group":"primary"}}`
    await manager.peer.callRaw(body)
    const [item] = await queue()
    expect(item?.['args']).toEqual([1, 1, 'ä\u0000𝛑'])
  })
})

describe('where a new item goes in abcd', () => {
  test.each([
    [{}, 'abcdX'],
    [{ pos: 'front' }, 'Xabcd'],
    [{ pos: 'back' }, 'abcdX'],
    [{ pos: 0 }, 'Xabcd'],
    [{ pos: 2 }, 'abXcd'],
    [{ pos: 4 }, 'abcdX'],
    [{ pos: 50 }, 'abcdX'],
    [{ pos: -1 }, 'abcdX'],
    [{ pos: -2 }, 'abcXd'],
    [{ pos: -4 }, 'aXbcd'],
    [{ pos: -5 }, 'Xabcd'],
    [{ before_uid: 'b' }, 'aXbcd'],
    [{ after_uid: 'b' }, 'abXcd'],
    [{ pos: null, before_uid: null, after_uid: 'd' }, 'abcdX'],
  ])('%j gives %s, and a batch of two stays together there', async (where, expected) => {
    const uids = new Map((await fill('abcd')).map((item, index) => ['abcd'[index] ?? '', item.item_uid]))
    const place = Object.fromEntries(
      Object.entries(where).map(([name, value]) => [
        name,
        typeof value === 'string' ? (uids.get(value) ?? value) : value,
      ]),
    )
    const added = await add(lettered('X'), place)
    expect(await letters()).toBe(expected)
    await manager.call('queue_item_remove', { uid: added.item_uid })
    await manager.call('queue_item_add_batch', {
      items: [lettered('X'), lettered('Y')],
      ...owner,
      ...place,
    })
    expect(await letters()).toBe(expected.replace('X', 'XY'))
  })
})

describe('an item that is replaced', () => {
  test('keeps its place, and with replace gets a new uid', async () => {
    const [, second] = await fill('abc')
    const updated = await manager.call('queue_item_update', {
      item: { ...second, meta: { letter: 'X' } },
      ...owner,
    })
    expect(updated).toMatchObject({ success: true, qsize: 3, item: { item_uid: second?.item_uid } })
    const replaced = await manager.call('queue_item_update', {
      item: { ...second, meta: { letter: 'Y' } },
      replace: true,
      ...owner,
    })
    expect(replaced).toMatchObject({ success: true, qsize: 3 })
    expect((replaced['item'] as Item).item_uid).not.toBe(second?.item_uid)
    expect(await letters()).toBe('aYc')
  })

  test('gets the user of the request and loses its result', async () => {
    const [first] = await fill('a')
    const reply = await manager.call('queue_item_update', {
      item: { ...first, result: { exit_status: 'failed' } },
      user: 'Bob',
      user_group: 'primary',
    })
    expect(reply['item']).toMatchObject({ user: 'Bob' })
    expect(reply['item']).not.toHaveProperty('result')
  })

  test('is validated as a new one is', async () => {
    const [first] = await fill('a')
    const reply = await manager.call('queue_item_update', { item: { ...first, name: 'nope' }, ...owner })
    expect(reply).toMatchObject({ success: false, qsize: 0 })
    expect(reply.msg).toContain(
      "Failed to add an item: Plan validation failed: Plan 'nope' is not in the list",
    )
    expect(await letters()).toBe('a')
  })
})

describe('one item of abcd', () => {
  test.each([
    [{}, 'd'],
    [{ pos: 'front' }, 'a'],
    [{ pos: 'back' }, 'd'],
    [{ pos: 1 }, 'b'],
    [{ pos: -1 }, 'd'],
    [{ pos: -4 }, 'a'],
  ])('at %j is %s, and is the one that is removed', async (where, expected) => {
    await fill('abcd')
    expect(await manager.call('queue_item_get', where)).toMatchObject({
      success: true,
      item: { meta: { letter: expected } },
    })
    expect(await manager.call('queue_item_remove', where)).toMatchObject({
      success: true,
      qsize: 3,
      item: { meta: { letter: expected } },
    })
    expect(await letters()).toBe('abcd'.replace(expected, ''))
  })

  test.each([
    ['queue_item_get', { pos: 4 }, "Failed to get an item: Index '4' is out of range (parameter pos = '4')"],
    [
      'queue_item_get',
      { pos: -5 },
      "Failed to get an item: Index '-5' is out of range (parameter pos = '-5')",
    ],
    [
      'queue_item_remove',
      { pos: 4 },
      "Failed to remove an item: Index '4' is out of range (parameter pos = '4')",
    ],
    [
      'queue_item_remove',
      { pos: 1, uid: 'x' },
      'Failed to remove an item: Ambiguous parameters: plan position and UID is specified',
    ],
  ])('%s with %j is refused', async (method, params, msg) => {
    await fill('abcd')
    expect(await manager.call(method, params)).toMatchObject({ success: false, msg, item: {} })
    expect(await letters()).toBe('abcd')
  })
})

describe('moves', () => {
  test('give the moved items and leave the number as it was', async () => {
    const [a, b, , d] = await fill('abcd')
    expect(
      await manager.call('queue_item_move', { uid: d?.item_uid, before_uid: b?.item_uid }),
    ).toMatchObject({ success: true, msg: '', qsize: 4, item: { item_uid: d?.item_uid } })
    expect(await letters()).toBe('adbc')
    const uids = [b?.item_uid, a?.item_uid]
    expect(await manager.call('queue_item_move_batch', { uids, pos_dest: 'back' })).toMatchObject({
      success: true,
      msg: '',
      qsize: 4,
      items: uids.map((item_uid) => ({ item_uid })),
    })
    expect(await letters()).toBe('dcba')
    await manager.call('queue_item_move_batch', { uids, pos_dest: 'front', reorder: true })
    expect(await letters()).toBe('badc')
  })

  test.each([
    [{ pos: 0 }, 'Failed to move the item: Destination position or UID is not specified.'],
    [{ pos: 0, uid: 'x', pos_dest: 1 }, 'Failed to move the item: Ambiguous parameters: '],
    [
      { pos: 0, pos_dest: 50 },
      "Failed to move the item: Destination plan (position 50) was not found: Index '50' is out of range",
    ],
    [{ pos: 0, before_uid: 'x' }, "Failed to move the item: Destination plan (UID 'x') was not found: "],
  ])('%j of abcd is refused', async (params, msg) => {
    await fill('abcd')
    const reply = await manager.call('queue_item_move', params)
    expect(reply).toMatchObject({ success: false, msg: expect.stringContaining(msg), item: {} })
    expect(await letters()).toBe('abcd')
  })
})
