import { PythonFloat } from '@beamtime/python-notation'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../src/json-codec.ts'
import { writePythonJson } from '../src/python-json.ts'
import { parseRedisAddress, withoutPassword } from '../src/redis-address.ts'
import {
  insertCommands,
  removeCommands,
  type MirroredElement,
  type RedisCommand,
} from '../src/redis-lists.ts'
import { lockFromRedis, lockToRedis } from '../src/redis-lock.ts'

test('JSON is written as Python writes it', () => {
  const value = {
    name: 'grüße\u007f😀"\n',
    args: [1, new PythonFloat(1), 1e-7, 1.5, -0.25],
    kwargs: {},
    meta: null,
    on: true,
  }
  // json.dumps of the same value in CPython 3.11.
  expect(writePythonJson(value)).toBe(
    '{"name": "gr\\u00fc\\u00dfe\\u007f\\ud83d\\ude00\\"\\n", "args": [1, 1.0, 1e-07, 1.5, -0.25], "kwargs": {}, "meta": null, "on": true}',
  )
})

test('what is written is read again as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const plain = parseJson(JSON.stringify(value))
      expect(parseJson(writePythonJson(plain))).toEqual(plain)
    }),
  )
})

/** As Redis carries the commands out on one list. */
function carriedOut(list: readonly string[], commands: readonly RedisCommand[]): string[] {
  let state = [...list]
  for (const [name, _key, ...args] of commands) {
    const texts = args.map(String)
    if (name === 'rpush') state = [...state, ...texts]
    else if (name === 'lpush') state = [...texts.toReversed(), ...state]
    else if (name === 'lpop') state = state.slice(1)
    else if (name === 'rpop') state = state.slice(0, -1)
    else if (name === 'del') state = []
    else if (name === 'ltrim') state = state.slice(Number(texts[0]), Number(texts[1]) + 1)
    else if (name === 'lrem') state = state.toSpliced(state.indexOf(texts[1] ?? ''), 1)
    else if (name === 'linsert') state = state.toSpliced(state.indexOf(texts[1] ?? ''), 0, texts[2] ?? '')
    else throw new Error(`unknown command ${name}`)
  }
  return state
}

const elements = (uids: readonly string[]): MirroredElement[] =>
  uids.map((uid) => ({ uid, text: `"${uid}"` }))

test('commands leave the list as the mirror says, wherever elements go in and out', () => {
  const uids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 40 })
  fc.assert(
    fc.property(
      uids,
      uids,
      fc.nat(50),
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      (old, more, at, out) => {
        const before = elements(old)
        const added = elements(more.map((uid) => `new ${uid}`))
        const index = Math.min(at, before.length)
        const texts = (list: readonly MirroredElement[]): string[] => list.map(({ text }) => text)
        expect(carriedOut(texts(before), insertCommands('k', before, { index, added }))).toEqual(
          texts(before.toSpliced(index, 0, ...added)),
        )
        const gone = new Set(old.filter((_uid, position) => out[position]))
        expect(carriedOut(texts(before), removeCommands('k', before, gone))).toEqual(
          texts(before.filter(({ uid }) => !gone.has(uid))),
        )
      },
    ),
  )
})

test.each([
  ['localhost', { host: 'localhost', port: 6379, db: 0, tls: false }],
  ['localhost:6378', { host: 'localhost', port: 6378, db: 0, tls: false }],
  ['10.0.0.1:6379/2', { host: '10.0.0.1', port: 6379, db: 2, tls: false }],
  ['me:se%23cret@host:1', { host: 'host', port: 1, db: 0, tls: false, username: 'me', password: 'se#cret' }],
  ['rediss://:pw@host', { host: 'host', port: 6379, db: 0, tls: true, password: 'pw' }],
  ['redis://[::1]:7000', { host: '::1', port: 7000, db: 0, tls: false }],
])('the address %s is read', (text, expected) => {
  expect(parseRedisAddress(text)).toEqual(expected)
})

test('an address that is none is refused without showing its password', () => {
  expect(() => parseRedisAddress('http://host')).toThrow('is no Redis address')
  expect(withoutPassword('me:secret@host:1')).toBe('me:***@host:1')
})

test('a lock of the queue server is taken over, and ours keeps its key to itself', () => {
  const theirs = {
    environment: true,
    queue: false,
    lock_key: 'abc',
    note: null,
    user: 'u',
    time: 1,
    uid: 'x',
  }
  const held = lockFromRedis(theirs, (key) => `hash of ${key}`)
  expect(held).toMatchObject({ environment: true, key_hash: 'hash of abc', user: 'u' })
  const stored = lockToRedis(held)
  expect(stored).toMatchObject({ environment: true, queue: false, lock_key: 'sha256:hash of abc', user: 'u' })
  expect(lockFromRedis(stored, () => 'another')).toEqual(held)
})
