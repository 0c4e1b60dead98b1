import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  composeRun,
  createDocumentEncoder,
  decodeDocument,
  EventModelError,
  NdArray,
  unixSeconds,
  type NamedDocument,
} from '../src/index.ts'
import { decodeMsgpack } from '../src/msgpack-reader.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const t = unixSeconds(1)
const number = { dtype: 'number', shape: [], source: 'SIM:det' } as const

const goldenEvent =
  '92a56576656e7487aa64657363726970746f72a164a3756964a165a474696d65cb3ff0000000000000a77365715f6e756d01a46461746181a3646574cb3ff0000000000000aa74696d657374616d707381a3646574cb3ff0000000000000a666696c6c656480'

function descriptor(dtype: 'number' | 'integer'): NamedDocument {
  return ['descriptor', { uid: 'd', run_start: 'r', time: t, data_keys: { det: { ...number, dtype } } }]
}
const event: NamedDocument = [
  'event',
  { descriptor: 'd', uid: 'e', time: t, seq_num: 1, data: { det: 1 }, timestamps: { det: t }, filled: {} },
]

describe('encoding', () => {
  test('the golden event of the Python publisher comes out byte for byte', () => {
    const encoder = createDocumentEncoder()
    encoder.encode(descriptor('number'))
    expect(hex(encoder.encode(event))).toBe(goldenEvent)
  })

  test('a value of dtype integer stays an integer', () => {
    const encoder = createDocumentEncoder()
    encoder.encode(descriptor('integer'))
    expect(hex(encoder.encode(event))).toContain('a46461746181a364657401')
  })

  test('without the descriptor an integral value goes out as an integer', () => {
    expect(hex(createDocumentEncoder().encode(event))).toContain('a46461746181a364657401')
  })

  test('the columns of a page are typed as its values', () => {
    const encoder = createDocumentEncoder()
    encoder.encode(descriptor('number'))
    const bytes = encoder.encode([
      'event_page',
      { descriptor: 'd', uid: ['e'], time: [t], seq_num: [1], data: { det: [2] }, timestamps: { det: [t] } },
    ])
    expect(hex(bytes)).toContain('a36465749' + '1cb4000000000000000')
    expect(hex(bytes)).toContain('a77365715f6e756d9101')
  })

  test('configuration values follow the data keys of their object', () => {
    const bytes = createDocumentEncoder().encode([
      'descriptor',
      {
        uid: 'd',
        run_start: 'r',
        time: t,
        data_keys: {},
        configuration: { det: { data: { a: 1, b: 1 }, timestamps: { a: 3 }, data_keys: { a: number } } },
      },
    ])
    expect(hex(bytes)).toContain('82a161cb3ff0000000000000a16201')
    expect(hex(bytes)).toContain('81a161cb4008000000000000')
  })

  test('start time is a float, scan_id an integer, undefined fields are left out', () => {
    const bytes = createDocumentEncoder().encode([
      'start',
      { uid: 'u', time: t, scan_id: 7, sample: undefined } as never,
    ])
    expect(hex(bytes)).toBe('92a5737461727483a3756964a175a474696d65cb3ff0000000000000a77363616e5f696407')
  })

  test('typed arrays and n-dimensional arrays go out as msgpack-numpy ndarrays', () => {
    const encoder = createDocumentEncoder()
    const image = new NdArray('<i4', [1, 3], Int32Array.of(0, 1, 2))
    const bytes = encoder.encode(['start', { uid: 'u', time: t, image }])
    expect(hex(bytes)).toContain(
      '85c4026e64c3c40474797065a33c6934c4046b696e64c400c4057368617065920103c40464617461c40c000000000100000002000000',
    )
    const list = createDocumentEncoder({ numpy: false }).encode(['start', { uid: 'u', time: t, image }])
    expect(hex(list)).toContain('919300' + '0102')
  })

  test.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['an integer of more than 64 bits', 2n ** 64n],
  ])('%s cannot be written', (_name, value) => {
    expect(() => createDocumentEncoder().encode(['start', { uid: 'u', time: t, value }])).toThrow(
      expect.objectContaining({ code: 'EVENT_MODEL_NOT_SERIALISABLE' }),
    )
  })

  test('a cycle is an error, and the encoder works on afterwards', () => {
    const encoder = createDocumentEncoder()
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(() => encoder.encode(['start', { uid: 'u', time: t, cycle }])).toThrow(EventModelError)
    encoder.encode(descriptor('number'))
    expect(hex(encoder.encode(event))).toBe(goldenEvent)
  })
})

describe('round trips', () => {
  const json = fc.jsonValue({ maxDepth: 5 })
  test('any JSON value survives, numbers bit for bit', () => {
    const encoder = createDocumentEncoder()
    fc.assert(
      fc.property(json, (value) => {
        const bytes = encoder.encode(['start', { uid: 'u', time: t, value }])
        expect(decodeDocument(bytes, { validate: false })[1]).toEqual({ uid: 'u', time: 1, value })
      }),
      { numRuns: 500 },
    )
  })

  test('integers keep their value over the whole 64-bit range', () => {
    const encoder = createDocumentEncoder()
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
        const [, doc] = decodeDocument(encoder.encode(['start', { uid: 'u', time: t, value }]))
        expect(BigInt((doc as unknown as { value: number | bigint }).value)).toBe(value)
      }),
      { numRuns: 500 },
    )
  })

  test('text of any length and script survives', () => {
    const encoder = createDocumentEncoder()
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const [, doc] = decodeDocument(encoder.encode(['start', { uid: text, time: t }]))
        expect((doc as { uid: string }).uid).toBe(text)
      }),
    )
    const long = 'ä'.repeat(70_000)
    expect(decodeDocument(encoder.encode(['start', { uid: long, time: t }]))[1]).toMatchObject({ uid: long })
  })

  test('long lists, bytes and typed arrays survive', () => {
    const encoder = createDocumentEncoder()
    const value = {
      list: Array.from({ length: 70_000 }, (_, i) => i),
      bytes: Buffer.alloc(70_000, 7),
      short: Float64Array.of(1.5, -2),
      wide: BigInt64Array.of(-1n, 2n ** 62n),
      cube: new NdArray('<f4', [2, 1, 2], Float32Array.of(1, 2, 3, 4)),
    }
    const [, doc] = decodeDocument(encoder.encode(['start', { uid: 'u', time: t, value }]))
    expect((doc as { value: unknown }).value).toEqual(value)
  })

  test('composed documents of every kind come back equal', () => {
    const encoder = createDocumentEncoder()
    const run = composeRun({ metadata: { sample: { name: 'x' } } })
    const stream = run.composeDescriptor({ name: 'primary', data_keys: { det: number } })
    const resource = run.composeResource({ spec: 'S', root: '/', resource_path: 'a', resource_kwargs: {} })
    const asset = run.composeStreamResource({
      mimetype: 'm',
      uri: 'file://localhost/a',
      data_key: 'det',
      parameters: {},
    })
    const documents: NamedDocument[] = [
      ['start', run.startDoc],
      ['descriptor', stream.descriptorDoc],
      ['event', stream.composeEvent({ data: { det: 2 }, timestamps: { det: t } })],
      ['event_page', stream.composeEventPage({ data: { det: [3, 4] }, timestamps: { det: [t, t] } })],
      ['resource', resource.resourceDoc],
      ['datum', resource.composeDatum({ i: 0 })],
      ['datum_page', resource.composeDatumPage({ i: [1, 2] })],
      ['stream_resource', asset.streamResourceDoc],
      ['stream_datum', asset.composeStreamDatum({ indices: { start: 0, stop: 1 } })],
      ['bulk_datum', { datum_ids: ['a/0'], datum_kwarg_list: [{}], resource: 'a' }],
      ['bulk_events', { x: [stream.composeEvent({ data: { det: 2 }, timestamps: { det: t } })] }],
      ['stop', run.composeStop()],
    ]
    for (const named of documents) expect(decodeDocument(encoder.encode(named))).toEqual(named)
  })
})

describe('decoding foreign bytes', () => {
  const decode = (text: string): unknown => decodeMsgpack(Buffer.from(text.replaceAll(' ', ''), 'hex'))

  test('an int32 ndarray of msgpack-numpy', () => {
    expect(
      decode(
        '85c4026e64c3c40474797065a33c6934c4046b696e64c400c4057368617065920103c40464617461c40c000000000100000002000000',
      ),
    ).toEqual(new NdArray('<i4', [1, 3], Int32Array.of(0, 1, 2)))
  })

  test('a numpy bool scalar', () => {
    expect(decode('83c4026e64c2c40474797065a37c6231c40464617461c40101')).toBe(true)
  })

  test('a pickled object array is refused', () => {
    expect(() =>
      decode('85c4026e64c3c40474797065a27c4fc4046b696e64c4014fc405736861706591 01c40464617461c40100'),
    ).toThrow(expect.objectContaining({ code: 'EVENT_MODEL_PICKLE_REFUSED' }))
  })

  test.each([
    ['an empty message', ''],
    ['a truncated text', 'a5616263'],
    ['a list longer than the message', 'ddffffffff'],
    ['a map longer than the message', 'dfffffffff'],
    ['an integer map key', '810102'],
    ['a byte that msgpack does not use', 'c1'],
    ['trailing bytes', 'c0c0'],
    ['a map with unknown bin keys', '81c40161c0'],
    [
      'an array that claims more than its bytes',
      '85c4026e64c3c40474797065a33c6934c4046b696e64c400c405736861706591ceffffffffc40464617461c400',
    ],
    [
      'an array of countless empty elements',
      '85c4026e64c3c40474797065a37c5330c4046b696e64c400c405736861706591ceffffffffc40464617461c400',
    ],
  ])('%s is malformed', (_name, text) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({ code: 'EVENT_MODEL_MALFORMED', fault: 'peer' }),
    )
  })

  test('nesting without end is malformed, not a stack overflow', () => {
    expect(() => decodeMsgpack(Buffer.alloc(100_000, 0x91))).toThrow(
      expect.objectContaining({ code: 'EVENT_MODEL_MALFORMED' }),
    )
  })

  test('the key __proto__ becomes a field and changes no prototype', () => {
    const value = decode('81a95f5f70726f746f5f5f81a16101')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect((value as { a?: number }).a).toBeUndefined()
  })

  test.each([
    ['an unknown name', ['snapshot', {}], 'EVENT_MODEL_UNKNOWN_NAME'],
    ['a name that is not text', [1, {}], 'EVENT_MODEL_UNKNOWN_NAME'],
    ['three elements', ['start', {}, 1], 'EVENT_MODEL_MALFORMED'],
    ['a document that is a list', ['start', []], 'EVENT_MODEL_MALFORMED'],
    ['a document that misses a field', ['start', { uid: 'u' }], 'EVENT_MODEL_INVALID'],
  ])('%s is refused', (_name, value, code) => {
    const wrapped = createDocumentEncoder().encode(['start', { uid: 'u', time: t, value }])
    const marker = Buffer.from('a576616c7565', 'hex')
    const inner = wrapped.subarray(Buffer.from(wrapped).indexOf(marker) + marker.length)
    expect(() => decodeDocument(inner)).toThrow(expect.objectContaining({ code }))
  })

  test('mutated bytes give a document or an EventModelError, never anything else', () => {
    const encoder = createDocumentEncoder()
    encoder.encode(descriptor('number'))
    const image = new NdArray('<f8', [2, 2], Float64Array.of(1, 2, 3, 4))
    const seeds = [
      encoder.encode(event),
      encoder.encode(descriptor('number')),
      encoder.encode(['start', { uid: 'u', time: t, image, list: [1, 'a', null, { b: 2.5 }] }]),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        (seed, changes, cut) => {
          const bytes = Buffer.from(seed)
          for (const [at, value] of changes) bytes[at % bytes.length] = value
          const input = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes
          try {
            decodeDocument(input)
          } catch (error) {
            expect(error).toBeInstanceOf(EventModelError)
          }
        },
      ),
      { numRuns: 5000 },
    )
  })
})
