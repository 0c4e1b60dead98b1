import { parsePyLiteral, parseTypeExpression } from '@beamtime/python-notation'
import { signatureOf, standardPlans, type PlanParameter } from '@beamtime/run-engine'
import { expect, test } from 'vitest'
import { conversionFlags, conversionRule } from '../../src/lists/conversion-flags.ts'
import { wirePlan } from '../../src/lists/wire-plan.ts'

function parameter(extra: Partial<PlanParameter> = {}): PlanParameter {
  return { name: 'x', kind: 'POSITIONAL_OR_KEYWORD', ...extra }
}

function wire(extra: Partial<PlanParameter>): Record<string, unknown> {
  const signature = { name: 'p', parameters: [parameter(extra)] }
  return { ...wirePlan({ name: 'p', module: 'm', signature }).parameters[0] }
}

test.each([
  [1, '1'],
  [null, 'None'],
  ['abc', "'abc'"],
  [['det1'], "['det1']"],
  [true, 'True'],
  [{ a: 1.5 }, "{'a': 1.5}"],
])('default %j is written as a Python literal', (value, literal) => {
  expect(wire({ default: value })['default']).toBe(literal)
})

test('a whole number is a float literal where the type is float', () => {
  expect(wire({ default: 1, annotation: { type: 'float' } })['default']).toBe('1.0')
})

test('a required parameter has no default, and ranges are strings', () => {
  expect(wire({ min: -10, max: 10, step: 0.01 })).toEqual({
    name: 'x',
    kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 },
    min: '-10',
    max: '10',
    step: '0.01',
  })
})

test('lists of names are unique and sorted by upper-case name, upper case first', () => {
  const devices = { D: ['b', 'a', 'B', 'a', 'C'] }
  expect(wire({ annotation: { type: 'D', devices } })['annotation']).toEqual({
    type: 'D',
    devices: { D: ['a', 'B', 'b', 'C'] },
  })
})

test('special types set the flags, unless a list of the same name takes their meaning away', () => {
  const flags = (type: string, lists = {}): unknown =>
    conversionFlags(parameter({ annotation: { type, ...lists } }))
  expect(flags('collections.abc.Sequence[__READABLE__]')).toEqual({ convert_device_names: true })
  expect(flags('__PLAN_OR_DEVICE__')).toEqual({ convert_device_names: true, convert_plan_names: true })
  expect(flags('typing.Optional[__CALLABLE__]')).toEqual({ eval_expressions: true })
  expect(flags('__DEVICE__', { devices: { __DEVICE__: ['a'] } })).toEqual({})
  expect(flags('str')).toEqual({})
})

test('what is converted follows the annotation, explicit flags override', () => {
  expect(conversionRule(parameter())).toEqual({ devices: 'all', plans: 'all', expressions: false })
  expect(conversionRule(parameter({ annotation: { type: 'str' } }))).toEqual({
    devices: null,
    plans: null,
    expressions: false,
  })
  expect(conversionRule(parameter({ annotation: { type: 'A', devices: { A: ['d'] } } }))).toMatchObject({
    devices: ['d'],
    plans: null,
  })
  expect(conversionRule(parameter({ annotation: { type: 'A', devices: { A: [':^d'] } } }))).toMatchObject({
    devices: 'all',
  })
  expect(conversionRule(parameter({ convert_device_names: false }))).toMatchObject({
    devices: null,
    plans: 'all',
  })
})

test('every standard plan is listed with types and defaults that Python could read', () => {
  for (const [name, plan] of Object.entries(standardPlans)) {
    expect(name).not.toBe('')
    const listed = wirePlan({ name, module: 'm', signature: signatureOf(plan) })
    for (const { annotation, default: value } of listed.parameters) {
      if (annotation !== undefined) expect(() => parseTypeExpression(annotation.type)).not.toThrow()
      if (value !== undefined) expect(() => parsePyLiteral(value)).not.toThrow()
    }
  }
})
