import { expect, test } from 'vitest'
import { Complex, NdArray } from '../src/index.ts'
import { decodeNumpyMap } from '../src/numpy.ts'

const array = (type: unknown, shape: number[], data: string): unknown =>
  decodeNumpyMap(
    new Map<string, unknown>([
      ['nd', true],
      ['type', type],
      ['kind', Buffer.alloc(0)],
      ['shape', shape],
      ['data', Buffer.from(data, 'hex')],
    ]),
  )
const scalar = (type: string, data: string): unknown =>
  decodeNumpyMap(
    new Map<string, unknown>([
      ['nd', false],
      ['type', type],
      ['data', Buffer.from(data, 'hex')],
    ]),
  )

test.each([
  ['<f4 list', array('<f4', [2], '0000803f00000040'), Float32Array.of(1, 2)],
  ['big endian is turned', array('>u2', [2], '00010100'), Uint16Array.of(1, 256)],
  ['half floats become single ones', array('<f2', [3], '003c00c0007c'), Float32Array.of(1, -2, Infinity)],
  ['bool keeps its dtype', array('|b1', [2], '0100'), new NdArray('|b1', [2], Uint8Array.of(1, 0))],
  [
    'datetime keeps its unit',
    array('<M8[ns]', [1], '0100000000000000'),
    new NdArray('<M8[ns]', [1], BigInt64Array.of(1n)),
  ],
  ['text is UTF-32', array('<U2', [2], '6100000000000000' + '62000000e4000000'), ['a', 'bä']],
  ['bytes text', array('|S3', [1], '616200'), ['ab']],
  ['complex', array('<c16', [1], '000000000000f03f00000000000000c0'), [new Complex(1, -2)]],
  ['zero dimensions give the value', array('<f8', [], '000000000000f03f'), 1],
  ['empty arrays', array('<f8', [0], ''), new Float64Array(0)],
  [
    'records become lists of lists',
    array(
      [
        ['a', '<i2'],
        ['b', '|u1', [2]],
      ],
      [2],
      '01000203' + '04000506',
    ),
    [
      [1, [2, 3]],
      [4, [5, 6]],
    ],
  ],
])('%s', (_name, value, expected) => {
  expect(value).toEqual(expected)
})

test.each([
  ['int64', '<i8', 'ffffffffffffffff', -1],
  ['uint64 beyond 2^53', '<u8', 'ffffffffffffffff', 2n ** 64n - 1n],
  ['float32', '<f4', '0000c03f', 1.5],
  ['long double', '<f16', '00000000000000c0ff3f000000000000', 1.5],
  ['complex64', '<c8', '0000803f00000040', new Complex(1, 2)],
])('a numpy scalar of %s', (_name, type, data, expected) => {
  expect(scalar(type, data)).toEqual(expected)
})

test('a Python complex is read from its repr and written back the same', () => {
  for (const text of ['(1+2j)', '2j', '(-0.5-1e-05j)', '(1-0j)', '-1j']) {
    const value = decodeNumpyMap(
      new Map<string, unknown>([
        ['complex', true],
        ['data', text],
      ]),
    )
    expect(value).toBeInstanceOf(Complex)
  }
  expect(String(new Complex(1, 2))).toBe('(1+2j)')
  expect(String(new Complex(0, -1))).toBe('-1j')
})

test('nested lists follow the shape', () => {
  const cube = new NdArray('<i4', [2, 2, 2], Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7]))
  expect(cube.toLists()).toEqual([
    [
      [0, 1],
      [2, 3],
    ],
    [
      [4, 5],
      [6, 7],
    ],
  ])
  expect(cube.at(1)).toEqual(new NdArray('<i4', [2, 2], Int32Array.of(4, 5, 6, 7)))
  expect(new NdArray('|b1', [2], Uint8Array.of(1, 0)).toLists()).toEqual([true, false])
  expect(new NdArray('<f8', [2, 0], new Float64Array(0)).toLists()).toEqual([[], []])
})
