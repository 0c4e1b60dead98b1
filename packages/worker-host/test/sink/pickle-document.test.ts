import fc from 'fast-check'
import { encodeMsgpack } from '@beamtime/event-model'
import { expect, test } from 'vitest'
import { pickleOfMsgpack } from '../../src/sink/pickle-document.ts'

/** Source: `pickle.loads` of CPython 3.11.7 gives of the right bytes what msgpack 1.1 for Python gives of the left. */
const vectors: readonly (readonly [string, string, string])[] = [
  ['null, true, false', '93c0c3c2', '80025d284e8889652e'],
  ['small integers', '94007fffe0', '80025d284a000000004a7f0000004affffffff4ae0ffffff652e'],
  [
    'integers of one to four bytes',
    '96ccffcdffffceffffffffd080d18000d280000000',
    '80025d284aff0000004affff00008a09ffffffff00000000004a80ffffff4a0080ffff4a00000080652e',
  ],
  [
    'integers of eight bytes',
    '93cf8000000000000000cfffffffffffffffffd38000000000000000',
    '80025d288a090000000000000080008a09ffffffffffffffff008a090000000000000080ff652e',
  ],
  [
    'floats',
    '93ca3fc00000cb401c000000000000cb7ff8000000000000',
    '80025d28473ff800000000000047401c000000000000477ff8000000000000652e',
  ],
  ['texts', '93a0a3c3a96dd906c2b5e282ac6d', '80025d2858000000005803000000c3a96d5806000000c2b5e282ac6d652e'],
  [
    'a document',
    '82a3756964a36f6e65a46461746182a17801a179920102',
    '80027d28580300000075696458030000006f6e655804000000646174617d285801000000784a010000005801000000795d284a010000004a020000006575752e',
  ],
  ['an empty map and an empty list', '928090', '80025d287d28755d2865652e'],
]

test.each(vectors)('%s', (_name, msgpack, pickle) => {
  expect(pickleOfMsgpack(Buffer.from(msgpack, 'hex'), 0).toString('hex')).toBe(pickle)
})

test('what stands before the start is left out', () => {
  expect(pickleOfMsgpack(Buffer.from('92a161c3', 'hex'), 3).toString('hex')).toBe('8002882e')
})

test('a text that ends early is refused', () => {
  expect(() => pickleOfMsgpack(Buffer.from('93a0a3c3', 'hex'), 0)).toThrow(/ends early/)
})

test('any value gives one pickle that ends once', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const bytes = pickleOfMsgpack(encodeMsgpack(value), 0)
      expect(bytes.subarray(0, 2)).toEqual(Buffer.of(0x80, 2))
      expect(bytes.at(-1)).toBe(0x2e)
    }),
  )
})
