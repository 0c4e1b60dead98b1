import { createDocumentEncoder, decodeDocument } from '@beamtime/event-model'
import { ev44 } from '@beamtime/stream-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageRules } from '../../src/rules/message-rules.ts'

function rules(options: Partial<ConstructorParameters<typeof MessageRules>[0]>): MessageRules {
  return new MessageRules({
    shiftsTimes: true,
    shiftEmbedded: [],
    renumber: [],
    playId: 'p',
    schema: () => Promise.resolve(null),
    ...options,
  })
}

const event = ev44.encode({
  source_name: 'd',
  message_id: 1n,
  reference_time: BigInt64Array.of(1_000n),
  reference_time_index: Int32Array.of(0),
  time_of_flight: Int32Array.of(1),
  pixel_id: Int32Array.of(1),
})
const start = createDocumentEncoder().encode(['start', { uid: 'u', time: 5 } as never] as never)
const second = { deltaMs: 1_000, pass: 0 }
const eventTime = (bytes: Uint8Array): bigint | undefined => ev44.decode(bytes).reference_time[0]
const startTime = (bytes: Uint8Array): unknown => (decodeDocument(bytes)[1] as { time?: unknown }).time

test('by default every known format moves; naming formats moves only these', () => {
  const all = rules({})
  expect([eventTime(all.apply(event, second)), startTime(all.apply(start, second))]).toEqual([
    1_000_001_000n,
    6,
  ])
  const docs = rules({ shiftEmbedded: ['docs'] })
  expect([eventTime(docs.apply(event, second)), startTime(docs.apply(start, second))]).toEqual([1_000n, 6])
  const none = rules({ shiftEmbedded: ['none'] })
  expect(none.isActive).toBe(false)
  expect(rules({ shiftsTimes: false }).isActive).toBe(false)
})

test('naming a path adds to what is known', () => {
  const more = rules({ shiftEmbedded: ['json:t@ms'] })
  expect(eventTime(more.apply(event, second))).toBe(1_000_001_000n)
  expect(Buffer.from(more.apply(Buffer.from('{"t":1}'), second)).toString()).toBe('{"t":1001}')
})

test.each([[['evxx']], [['docs:time']], [['json:t']]])('%j is nothing to move', (shiftEmbedded) => {
  expect(() => rules({ shiftEmbedded })).toThrow(expect.objectContaining({ code: 'REPLAY_USAGE' }) as Error)
})

test.each(['doc', 'avro', 'json:', 'avro:x:y'])('%s is nothing to renumber', (text) => {
  expect(() => rules({ renumber: [text] })).toThrow(
    expect.objectContaining({ code: 'REPLAY_USAGE' }) as Error,
  )
})

test('whatever bytes come, a message comes out, and one that is opaque as it is', () => {
  const active = rules({ renumber: ['docs', 'pl72', 'json:n'], shiftEmbedded: ['all', 'json:t@ms'] })
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('', '{', '[', '\x92\xa5start'),
      (bytes, head) => {
        const value = Buffer.concat([Buffer.from(head, 'latin1'), bytes])
        const out = active.apply(value, second)
        expect(active.formatOf(value).kind !== 'opaque' || out === value).toBe(true)
      },
    ),
    { numRuns: 3_000 },
  )
})
