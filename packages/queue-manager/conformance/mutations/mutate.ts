/** Spoils requests: values of the wrong type, size or depth, broken bytes, wrong frames. */
import { writeMsgpack } from '../../src/msgpack-codec.ts'
import type { Encoding } from '../../src/wire-codec.ts'
import { validRequests } from './valid-requests.ts'

type Random = (below: number) => number

/** What is sent as one message: the frames after the identity. */
export type Frames = readonly [Uint8Array, ...Uint8Array[]]

const empty = new Uint8Array(0)

const texts: readonly string[] = [
  '',
  'front',
  'back',
  '-1',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  '\u0000',
  '\ud800',
  'äöü𝛑',
  'it\'s "quoted" \\ and\nbroken',
  ':^(a+)+$:?.*:depth=9',
  '(?P<x>[',
  '../../etc/passwd',
  '{}',
  'export const b = 2',
]

const numbers: readonly number[] = [
  0,
  -0,
  1,
  -1,
  2,
  1.5,
  -1.5,
  255,
  1e9,
  -1e9,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e300,
  -1e300,
  5e-324,
]

type Make = (random: Random, depth: number) => unknown

const scalars: readonly Make[] = [
  () => null,
  (random) => random(2) === 0,
  (random) => numbers[random(numbers.length)],
  (random) => numbers[random(numbers.length)],
  (random) => texts[random(texts.length)],
  (random) => {
    const { method, params } = anyRequest(random)
    const values = Object.values(params)
    return random(3) === 0 ? method : (values[random(values.length)] ?? null)
  },
]

const values: readonly Make[] = [
  ...scalars,
  (random, depth) => Array.from({ length: random(5) }, () => anyValue(random, depth + 1)),
  (random, depth) =>
    Object.fromEntries(
      Array.from({ length: random(4) }, () => [anyName(random), anyValue(random, depth + 1)]),
    ),
  (random) => (random(40) === 0 ? 'x'.repeat(1 << random(18)) : ''),
  (random) => (random(40) === 0 ? nested(random(700)) : []),
]

function anyValue(random: Random, depth = 0): unknown {
  const makers = depth > 3 ? scalars : values
  return makers[random(makers.length)]?.(random, depth)
}

function nested(levels: number): unknown {
  let value: unknown = levels % 2
  for (let level = 0; level < levels; level += 1) value = level % 3 === 0 ? { a: value } : [value]
  return value
}

function anyRequest(random: Random): (typeof validRequests)[number] {
  return validRequests[random(validRequests.length)] ?? { method: 'status', params: {} }
}

function anyName(random: Random): string {
  const names = Object.keys(anyRequest(random).params)
  return (random(3) === 0 ? texts[random(texts.length)] : names[random(names.length)]) ?? 'item'
}

/** A copy of the value that differs at one place. */
function spoilt(random: Random, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && random(5) > 0) {
    const index = random(value.length)
    switch (random(4)) {
      case 0:
        return value.toSpliced(index, 1)
      case 1:
        return value.toSpliced(index, 0, anyValue(random))
      default:
        return value.with(index, spoilt(random, value[index]))
    }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && random(5) > 0) {
    const entries = Object.entries(value)
    const index = random(entries.length + 1)
    const [name, inner] = entries[index] ?? [anyName(random), anyValue(random)]
    switch (random(6)) {
      case 0:
        return Object.fromEntries(entries.filter((_entry, at) => at !== index))
      case 1:
        return Object.fromEntries([...entries, [anyName(random), anyValue(random)]])
      case 2:
        return Object.fromEntries(
          entries.map((entry, at) => (at === index ? [anyName(random), inner] : entry)),
        )
      default:
        return { ...value, [name]: spoilt(random, inner) }
    }
  }
  return anyValue(random)
}

function spoiltRequest(random: Random): unknown {
  const { method, params } = anyRequest(random)
  switch (random(30)) {
    case 0:
      return anyValue(random)
    case 1:
      return { method: anyValue(random), params }
    case 2:
      return { method, params, [anyName(random)]: anyValue(random) }
    case 3:
      return { method, params: anyValue(random) }
    default: {
      let changed: unknown = params
      for (let times = random(3); times >= 0; times -= 1) changed = spoilt(random, changed)
      return { method, params: changed }
    }
  }
}

function encode(encoding: Encoding, body: unknown): Uint8Array {
  return encoding === 'json' ? Buffer.from(JSON.stringify(body)) : writeMsgpack(body)
}

function spoiltBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  switch (random(6)) {
    case 0:
      return copy.subarray(0, random(copy.length + 1))
    case 1: {
      const cut = random(copy.length + 1)
      return Buffer.concat([copy.subarray(0, cut), noise(random, 1 + random(8)), copy.subarray(cut)])
    }
    case 2:
      return Buffer.concat([copy, copy.subarray(random(copy.length + 1))])
    case 3:
      return noise(random, random(200))
    default:
      for (let times = random(4); times >= 0; times -= 1) {
        const at = random(Math.max(1, copy.length))
        if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random(8))
      }
      return copy
  }
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)))
}

/** Far deeper than anything may be; a list that says that it has 4 thousand million items; a million numbers. */
function monster(random: Random, encoding: Encoding): Uint8Array {
  const depth = 10 ** (1 + random(5))
  const json = encoding === 'json'
  switch (random(4)) {
    case 0:
      return json ? Buffer.from('['.repeat(depth)) : Buffer.alloc(depth, 0x91)
    case 1:
      return json ? Buffer.from('{"a":'.repeat(depth)) : Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff, 0x01])
    case 2:
      return json
        ? Buffer.from(`{"method":"queue_item_add","params":{"item":${'1'.repeat(depth)}}}`)
        : Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61])
    default: {
      const kwargs = { num: Array.from({ length: depth }, () => random(100)) }
      const item = { item_type: 'plan', name: 'count', kwargs }
      return encode(encoding, {
        method: 'queue_item_add',
        params: { item, user: 'Ada', user_group: 'root' },
      })
    }
  }
}

/** One spoilt request. `answers`: how many replies a socket of type REP would give. */
export function mutatedRequest(
  random: Random,
  encoding: Encoding,
): { readonly frames: Frames; readonly answers: 0 | 1 } {
  const kind = random(100)
  if (kind === 0 && random(20) === 0) return { frames: [empty, monster(random, encoding)], answers: 1 }
  const body = encode(encoding, spoiltRequest(random))
  if (kind < 70) return { frames: [empty, body], answers: 1 }
  const bytes = spoiltBytes(random, body)
  if (kind < 90) return { frames: [empty, bytes], answers: 1 }
  switch (random(6)) {
    case 0:
      return { frames: [bytes], answers: 0 }
    case 1:
      return { frames: [empty, bytes, body], answers: 1 }
    case 2:
      return { frames: [empty], answers: 0 }
    case 3:
      return { frames: [bytes.length === 0 ? body : bytes, empty, body], answers: 0 }
    case 4:
      return { frames: [empty, empty, body], answers: 1 }
    default:
      return { frames: [empty, empty], answers: 1 }
  }
}
