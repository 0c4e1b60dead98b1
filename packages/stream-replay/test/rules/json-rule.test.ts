import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonRule, parseExactJson } from '../../src/rules/json-rule.ts'

function changed(
  text: string,
  options: Partial<ConstructorParameters<typeof JsonRule>[0]>,
  pass = 0,
): string {
  const value = parseExactJson(text)
  new JsonRule({ times: [], numbers: [], ...options }).applyToValue(value, { deltaMs: 1_500, pass })
  return JSON.stringify(value)
}

test('times move in the unit that is named, in lists too, and keys keep their order', () => {
  expect(changed('{"z":1,"a":{"b":[{"t":10},{"t":20.5}]}}', { times: ['a.b[*].t@ms'] })).toBe(
    '{"z":1,"a":{"b":[{"t":1510},{"t":1520.5}]}}',
  )
  expect(changed('{"t":1700000000123456789}', { times: ['t@ns'] })).toBe('{"t":1700000001623456789}')
  expect(changed('{"t_s":1.5}', { times: ['t_s'] })).toBe('{"t_s":3}')
})

test('numbers keep the digits that they came with', () => {
  const text = '{"big":12345678901234567890,"exact":1.50,"small":1e-7,"t":0}'
  expect(changed(text, { times: ['t@ms'] })).toBe(text.replace('"t":0', '"t":1500'))
})

test('numbers are renewed with each pass', () => {
  const rule = new JsonRule({ times: [], numbers: [{ path: 'n', step: 10n }] })
  const value = { n: 3, other: 3 }
  rule.applyToValue(value, { deltaMs: 0, pass: 2 })
  expect(value).toEqual({ n: 23, other: 3 })
})

test('a path that is not there, or is no number, changes nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(changed(text, { times: ['no.such[*].path@ms'] })).toBe(JSON.stringify(parseExactJson(text)))
    }),
  )
})
