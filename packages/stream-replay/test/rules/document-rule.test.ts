import {
  composeRun,
  createDocumentEncoder,
  decodeDocument,
  documentToJson,
  validateDocument,
} from '@beamtime/event-model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DocumentRule } from '../../src/rules/document-rule.ts'
import { editMsgpack } from '../../src/rules/msgpack-edits.ts'

type Doc = Record<string, never>

/** A run of two events, a page, a file with its frames, as a bluesky sink sends them. */
function documents(): (readonly [string, Doc])[] {
  let number = 0
  const run = composeRun({
    metadata: { scan_id: 7, sample: 'Fe' },
    now: () => 1_700_000_000.25 as never,
    newUid: () => `00000000-0000-4000-8000-${String(number++).padStart(12, '0')}`,
  })
  const key = { source: 's', dtype: 'number', shape: [] } as const
  const stream = run.composeDescriptor({ name: 'primary', data_keys: { x: key, t: key } })
  const event = stream.composeEvent({
    data: { x: 1, t: 1_700_000_001 },
    timestamps: { x: 1_700_000_000.5, t: 1_700_000_000.5 } as never,
  })
  return [
    ['start', run.startDoc],
    ['descriptor', stream.descriptorDoc],
    ['event', event],
    ['stop', run.composeStop({})],
  ] as never
}

const encode = ([name, doc]: readonly [string, Doc]): Uint8Array =>
  createDocumentEncoder().encode([name, doc] as never)

function rule(options: Partial<ConstructorParameters<typeof DocumentRule>[0]>): DocumentRule {
  return new DocumentRule({ shiftsTimes: false, dataTimes: [], renumbers: false, playId: 'p', ...options })
}

test('every time of a run moves, values do not, unless they are named as times', () => {
  const changed = (one: DocumentRule): Doc[] =>
    documents().map(
      ([name, doc]) =>
        decodeDocument(one.apply(encode([name, doc]), name, { deltaMs: 10_000, pass: 0 }))[1] as never,
    )
  const [start, descriptor, event, stop] = changed(rule({ shiftsTimes: true }))
  expect(start).toMatchObject({ time: 1_700_000_010.25, sample: 'Fe', scan_id: 7 })
  expect(descriptor).toMatchObject({ time: 1_700_000_010.25 })
  expect(event).toMatchObject({
    time: 1_700_000_010.25,
    data: { x: 1, t: 1_700_000_001 },
    timestamps: { x: 1_700_000_010.5, t: 1_700_000_010.5 },
  })
  expect(stop).toMatchObject({ time: 1_700_000_010.25 })
  expect(changed(rule({ shiftsTimes: true, dataTimes: ['t'] }))[2]).toMatchObject({
    data: { x: 1, t: 1_700_000_011 },
  })
})

test('a run gets the same fresh ids in all its documents, and others in each pass', () => {
  const one = rule({ renumbers: true })
  const pass = (number: number): Doc[] =>
    documents().map(([name, doc]) => {
      const [, fresh] = decodeDocument(one.apply(encode([name, doc]), name, { deltaMs: 0, pass: number }))
      expect(validateDocument(name as never, fresh as never)).toEqual({ ok: true })
      return fresh as never
    })
  const [first, second] = [pass(0), pass(1)]
  for (const [start, descriptor, event, stop] of [first, second]) {
    expect(descriptor?.['run_start']).toBe(start?.['uid'])
    expect(stop?.['run_start']).toBe(start?.['uid'])
    expect(event?.['descriptor']).toBe(descriptor?.['uid'])
  }
  const uids = [...first, ...second, ...documents().map(([, doc]) => doc)].map((doc) => doc['uid'])
  expect(new Set(uids).size).toBe(12)
  expect([first[0]?.['scan_id'], second[0]?.['scan_id']]).toEqual([7, 8])
})

test('ids with something behind them keep it: a datum is renamed where it is and where it is meant', () => {
  const one = rule({ renumbers: true })
  const resource = '11111111-1111-4111-8111-111111111111'
  const fresh = (name: string, doc: unknown): Doc =>
    decodeDocument(one.apply(encode([name, doc as Doc]), name, { deltaMs: 0, pass: 2 }))[1] as never
  const { uid } = fresh('resource', {
    uid: resource,
    run_start: resource,
    spec: 'A',
    root: '/',
    resource_path: 'f',
    resource_kwargs: {},
  })
  const { datum_id } = fresh('datum', { datum_id: `${resource}/3`, resource, datum_kwargs: {} })
  const { data } = fresh('event', {
    uid: 'x',
    descriptor: 'd',
    seq_num: 1,
    time: 1,
    data: { image: `${resource}/3`, note: resource },
    timestamps: { image: 1, note: 1 },
  }) as never as { data: Record<string, string> }
  expect(datum_id).toBe(`${String(uid)}/3`)
  expect(data['image']).toBe(`${String(uid)}/3`)
  expect(data['note']).toBe(resource)
})

test('JSON documents change as MessagePack ones do', () => {
  const one = rule({ shiftsTimes: true, renumbers: true })
  for (const [name, doc] of documents()) {
    const moment = { deltaMs: 5_000, pass: 1 }
    const packed = decodeDocument(one.apply(encode([name, doc]), name, moment))
    const parsed = JSON.parse(documentToJson([name, doc] as never)) as [string, unknown]
    one.applyToValue(parsed[1], name, moment)
    expect(parsed[1]).toEqual(JSON.parse(documentToJson(packed))[1])
  }
})

test('what is not named stays byte for byte', () => {
  const message = encode([
    'start',
    { uid: 'a', time: 1, note: 'ü'.repeat(50), deep: { uid: 'inner' } } as never,
  ])
  expect(rule({}).apply(message, 'start', { deltaMs: 9, pass: 3 })).toBe(message)
  const [, doc] = decodeDocument(rule({ renumbers: true }).apply(message, 'start', { deltaMs: 0, pass: 0 }))
  expect(doc).toMatchObject({ note: 'ü'.repeat(50), deep: { uid: 'inner' } })
})

test('whatever the bytes are, editing ends with a message or with a RangeError', () => {
  const message = encode(documents()[2] ?? ['', {}])
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(message.length),
      (changes, length) => {
        const damaged = message.slice(0, length)
        for (const [at, byte] of changes) if (at < length) damaged[at] = byte
        try {
          editMsgpack(damaged, ({ value }) => (typeof value === 'number' ? value + 1 : undefined))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      },
    ),
    { numRuns: 5_000 },
  )
})
