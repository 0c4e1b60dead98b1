import { createSimulatedDevices, standardPlans } from '@beamtime/run-engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convertNames } from '../../src/native/name-conversion.ts'
import { nameScope } from '../../src/native/name-scope.ts'
import { boundArguments } from '../../src/native/plan-call.ts'

const { det, motor, pseudo1x3 } = createSimulatedDevices()
const values = {
  det,
  my_motor: motor,
  pseudo1x3,
  count: standardPlans['count'],
  number: 5,
  nested: { deep: { value: 7 } },
}
const everything = { devices: 'all', plans: 'all', expressions: false } as const

test('names in lists and values become objects, keys and unknown names stay', () => {
  const given = { det: ['det', 'nobody', { count: 'count' }], n: 1 }
  const converted = convertNames(given, everything, nameScope(values, null))
  expect(converted).toEqual({ det: [det, 'nobody', { count: standardPlans['count'] }], n: 1 })
})

test('a device is found by its variable, by a dotted path, and by its own name if that is clear', () => {
  const scope = nameScope(values, null)
  expect(scope.device('my_motor')).toBe(motor)
  expect(scope.device('motor')).toBe(motor)
  expect(scope.device('my_motor.setpoint')).toBe(motor.components?.['setpoint'])
  expect(scope.device('my_motor.nothing')).toBeNull()
  const twins = nameScope({ a: motor, b: createSimulatedDevices().motor }, null)
  expect(twins.device('motor')).toBeNull()
})

test('what a group may not use stays a text', () => {
  const scope = nameScope(values, { plans: [], devices: ['my_motor'] })
  expect(convertNames(['det', 'my_motor', 'motor', 'my_motor.setpoint', 'count'], everything, scope)).toEqual(
    ['det', motor, motor, 'my_motor.setpoint', 'count'],
  )
})

test('an expression is a dotted name in the namespace, and fails silently to the text', () => {
  const rule = { devices: null, plans: null, expressions: true } as const
  const scope = nameScope(values, null)
  expect(
    convertNames(['nested.deep.value', 'nested.none', 'process.exit(1)', '__proto__'], rule, scope),
  ).toEqual([7, 'nested.none', 'process.exit(1)', '__proto__'])
})

test('defaults are filled in and converted; a default of null is left to the code', () => {
  const parameters = [
    { name: 'detectors', kind: 'POSITIONAL_OR_KEYWORD', default: ['det'] },
    { name: 'num', kind: 'KEYWORD_ONLY', default: null },
  ] as const
  const bound = boundArguments({ parameters, args: [], kwargs: {}, scope: nameScope(values, null) })
  expect(bound).toEqual({ ok: true, bound: { detectors: [det] } })
})

test('any JSON is converted without an exception and keeps its shape where no name is in it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const converted = convertNames(value, everything, nameScope({}, null))
      expect(JSON.stringify(converted)).toBe(JSON.stringify(value))
    }),
  )
})
