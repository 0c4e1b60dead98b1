import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planArguments, wordPair, wordValue, type PlanDescription } from '../../src/queue/plan-words.ts'

const devices = {
  det: { is_readable: true, is_movable: false },
  det1: { is_readable: true, is_movable: false },
  det2: { is_readable: true, is_movable: false },
  motor: { is_readable: true, is_movable: true },
  motor1: { is_readable: true, is_movable: true },
  bundle: { is_readable: true, is_movable: false },
}

const readables = { type: 'collections.abc.Sequence[__READABLE__]' }
const count: PlanDescription = {
  name: 'count',
  parameters: [
    { name: 'detectors', kind: { name: 'POSITIONAL_OR_KEYWORD' }, annotation: readables },
    { name: 'num', kind: { name: 'POSITIONAL_OR_KEYWORD' }, default: '1' },
    { name: 'delay', kind: { name: 'POSITIONAL_OR_KEYWORD' }, default: '0' },
    { name: 'md', kind: { name: 'KEYWORD_ONLY' }, default: 'None' },
  ],
}
const scan: PlanDescription = {
  name: 'scan',
  parameters: [
    { name: 'detectors', kind: { name: 'POSITIONAL_OR_KEYWORD' }, annotation: readables },
    { name: 'args', kind: { name: 'VAR_POSITIONAL' }, annotation: { type: '__MOVABLE__ | float' } },
    { name: 'num', kind: { name: 'KEYWORD_ONLY' } },
  ],
}
const tuned: PlanDescription = {
  name: 'tune',
  parameters: [
    { name: 'detectors', kind: { name: 'POSITIONAL_OR_KEYWORD' }, annotation: readables },
    { name: 'motor', kind: { name: 'POSITIONAL_OR_KEYWORD' }, annotation: { type: '__MOVABLE__' } },
    { name: 'start', kind: { name: 'POSITIONAL_OR_KEYWORD' }, annotation: { type: 'float' } },
  ],
}
const plain: PlanDescription = {
  name: 'plain',
  parameters: [{ name: 'a' }, { name: 'detectors' }, { name: 'n' }],
}

test.each([
  [scan, 'det motor -1 1 21', [['det'], 'motor', -1, 1, 21], {}],
  [
    scan,
    'det1 det2 motor -1 1 motor1 0 2 num=21',
    [['det1', 'det2'], 'motor', -1, 1, 'motor1', 0, 2],
    { num: 21 },
  ],
  [scan, '[det1,det2] motor 0 1 3', [['det1', 'det2'], 'motor', 0, 1, 3], {}],
  [scan, '["det1"] motor 0 1 3', [['det1'], 'motor', 0, 1, 3], {}],
  [scan, 'motor motor1 0 1 3', [['motor'], 'motor1', 0, 1, 3], {}],
  [scan, 'unknown motor 0 1 3', ['unknown', 'motor', 0, 1, 3], {}],
  [count, 'det', [['det']], {}],
  [count, 'det1 det2 num=5', [['det1', 'det2']], { num: 5 }],
  [count, 'det1 motor 5 0.1', [['det1', 'motor'], 5, 0.1], {}],
  [count, 'bundle.dets.det_A 3', [['bundle.dets.det_A'], 3], {}],
  [count, '', [], {}],
  [count, 'det md={"a":1}', [['det']], { md: { a: 1 } }],
  [tuned, 'det motor 0.5', [['det'], 'motor', 0.5], {}],
  [plain, '1 det1 det2 3', [1, ['det1', 'det2'], 3], {}],
  [{ name: 'none' }, 'a 1 b=2', ['a', 1], { b: 2 }],
])('%# %o with the words %j', (plan, words, args, kwargs) => {
  const given = words === '' ? [] : words.split(' ')
  expect(planArguments(given, plan, devices)).toEqual({ args, kwargs })
})

test.each([
  ['1', 1],
  ['-1.5e3', -1500],
  ['.5', 0.5],
  ['+2', 2],
  ['True', true],
  ['false', false],
  ['None', null],
  ['null', null],
  ['abc', 'abc'],
  ['1e', '1e'],
  ['"a b"', 'a b'],
  ["'a b'", 'a b'],
  ['[1, 2]', [1, 2]],
  ['(1, 2)', [1, 2]],
  ["{'a': None}", { a: null }],
  ['[det1, det2]', ['det1', 'det2']],
  ['[det1, 3', '[det1, 3'],
  ['-', '-'],
])('the word %j is %j', (word, value) => {
  expect(wordValue(word)).toEqual(value)
})

test.each([
  ['num=5', ['num', 5]],
  ['name=a=b', ['name', 'a=b']],
  ['empty=', ['empty', '']],
  ['a==b', null],
  ['5=3', null],
  ['{"a=b": 1}', null],
  ['plain', null],
])('the word %j as a pair is %j', (word, pair) => {
  expect(wordPair(word)).toEqual(pair)
})

test('any words give arguments that JSON can carry', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom(...Object.keys(devices), '1', 'num=2'))),
      (words) => {
        const given = planArguments(words, scan, devices)
        expect(() => JSON.stringify(given)).not.toThrow()
      },
    ),
  )
})
