import fc from 'fast-check'
import { PythonFloat } from '@beamtime/python-notation'
import { describe, expect, test } from 'vitest'
import { validatePlan, type PlanValidation } from '../../src/index.ts'
import { parseJson } from '../../src/json-codec.ts'
import { existingPlans, parameter, plan } from '../existing-lists.ts'

function check(type: string, value: unknown, extra: Parameters<typeof parameter>[1] = {}): PlanValidation {
  const plans = { p: plan('p', [parameter('x', { ...extra, annotation: { ...extra.annotation, type } })]) }
  return validatePlan({ name: 'p', kwargs: { x: value } }, plans, {})
}

const one = new PythonFloat(1)

describe('values of declared types', () => {
  test.each([
    ['int', [1, -5, 2 ** 40], [1.5, one, true, '1', null, [1]]],
    ['float', [1, 1.5, one, true], ['1', null, [1]]],
    ['bool', [true, false, 0, 1], [2, 'yes', null, 0.5]],
    ['str', ['a', ''], [1, null, ['a']]],
    ['__READABLE__', ['det1'], [1, null]],
    ['__CALLABLE__', ['numpy.sin'], [1]],
    ['typing.Any', [1, null, 'a', [], {}], []],
    ['list', [[], [1, 'a']], ['ab', {}, 1]],
    ['typing.List[int]', [[], [1, 2]], [[1, '2'], 'ab', {}, [1.5]]],
    ['collections.abc.Sequence[__READABLE__]', [['det1']], ['det1', [1]]],
    ['tuple[int, str]', [[1, 'a']], [[1], [1, 'a', 2], ['a', 1]]],
    ['tuple[int, ...]', [[], [1, 2, 3]], [['a']]],
    ['dict', [{}, { a: 1 }], [[], 'a']],
    ['typing.Dict[str, int]', [{ a: 1 }, { a: '1' }], [{ a: 'x' }, []]],
    ["typing.Literal['a', 5]", ['a', 5], ['b', 6, null]],
    ['typing.Optional[int]', [1, null], ['x', 1.5]],
    ['int | None', [1, null], ['x']],
    ['typing.Union[float, typing.List[float]]', [1, 1.5, [1, 2.5]], ['x', ['x']]],
    ['numpy.ndarray', [1, 'a', []], []],
  ] as const)('%s', (type, accepted, refused) => {
    for (const value of accepted)
      expect(check(type, value), JSON.stringify(value)).toMatchObject({ ok: true })
    for (const value of refused)
      expect(check(type, value), JSON.stringify(value)).toMatchObject({ ok: false })
  })

  test('a name list takes its names only and says which', () => {
    const annotation = { type: '', devices: { Motors: ['m1', 'm2'] } }
    expect(check('typing.List[Motors]', ['m1'], { annotation })).toMatchObject({ ok: true })
    const refused = check('typing.List[Motors]', ['m1', 'm3'], { annotation })
    expect(refused).toMatchObject({ ok: false, fieldErrors: { x: "[1] Input should be 'm1' or 'm2'" } })
    expect(refused.ok ? '' : refused.reason).toContain('1 validation error for Model\nx.1\n')
  })

  test('a list of the same name takes the meaning of a special type away', () => {
    const annotation = { type: '', devices: { __READABLE__: ['d'] } }
    expect(check('__READABLE__', 'd', { annotation })).toMatchObject({ ok: true })
    expect(check('__READABLE__', 'e', { annotation })).toMatchObject({ ok: false })
  })

  test('a value that pydantic would convert is refused with both readings', () => {
    const refused = check('int', parseJson('1.0'))
    expect(refused).toMatchObject({
      ok: false,
      reason:
        "Error in argument types: Incorrect parameter type: key='x', value='1.0' (<class 'float'>), interpreted as '1' (<class 'int'>)",
    })
  })

  test('each element of *args and **kwargs has the declared type', () => {
    const plans = {
      p: plan('p', [
        parameter('a', { kind: 'VAR_POSITIONAL', annotation: { type: 'int' } }),
        parameter('k', { kind: 'VAR_KEYWORD', annotation: { type: 'str' } }),
      ]),
    }
    expect(validatePlan({ name: 'p', args: [1, 2], kwargs: { z: 's' } }, plans, {})).toMatchObject({
      ok: true,
    })
    expect(validatePlan({ name: 'p', args: [1, 'x'] }, plans, {})).toMatchObject({ ok: false })
    expect(validatePlan({ name: 'p', kwargs: { z: 1 } }, plans, {})).toMatchObject({ ok: false })
  })
})

describe('ranges', () => {
  test.each([
    [[100], 'Value 100 is out of range [-10, 10]'],
    [{ a: [1, { b: -11 }] }, 'Value -11 is out of range [-10, 10]'],
    [10.5, 'Value 10.5 is out of range [-10, 10]'],
  ])('%j', (value, text) => {
    const refused = check('typing.Any', value, { min: '-10', max: '10' })
    expect(refused.ok ? '' : refused.reason).toContain(text)
    expect(refused.ok ? {} : refused.fieldErrors).toEqual({ x: text })
  })

  test('the limits belong to the range and an open end is infinite', () => {
    expect(check('float', 10, { min: '-10', max: '10' })).toMatchObject({ ok: true })
    expect(check('float', true, { min: '1' })).toMatchObject({ ok: true })
    const refused = check('float', -1, { min: '0' })
    expect(refused.ok ? '' : refused.reason).toBe(
      "Argument values are out of range: Parameter value is out of range: key='x', value='-1': Value -1 is out of range [0, inf]",
    )
  })
})

test.each([
  [{ name: 'count' }, "missing a required argument: 'detectors'", ['detectors']],
  [{ name: 'count', args: [[], 1, 0, 0] }, 'too many positional arguments', []],
  [
    { name: 'count', args: [[]], kwargs: { detectors: [] } },
    "multiple values for argument 'detectors'",
    ['detectors'],
  ],
  [
    { name: 'count', args: [[]], meta: 5 },
    "Plan parameter 'meta' must be a dictionary or a list of dictionaries",
    [],
  ],
  [{ name: 'nope' }, "Plan 'nope' is not in the list of allowed plans.", []],
  [{ name: '__proto__' }, "Plan '__proto__' is not in the list of allowed plans.", []],
  [{}, "'name'", []],
] as const)('%j is refused', (item, reason, fields) => {
  const refused = validatePlan(item, existingPlans, {})
  expect(refused).toMatchObject({ ok: false, reason })
  expect(refused.ok ? [] : Object.keys(refused.fieldErrors)).toEqual(fields)
})

test('no item makes validation throw', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      fc.constantFrom(...Object.keys(existingPlans)),
      (args, kwargs, name) => {
        expect(typeof validatePlan({ name, args, kwargs }, existingPlans, {}).ok).toBe('boolean')
      },
    ),
    { numRuns: 500 },
  )
})
