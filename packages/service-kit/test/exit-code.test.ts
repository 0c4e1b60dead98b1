import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, exitCodeOf, listenFailure } from '../src/index.ts'

test.each([
  [{ exitCode: 69 }, 69],
  [{ code: 'EADDRINUSE' }, 78],
  [{ code: 'BROKER_ADDRESS_IN_USE' }, 78],
  [{ code: 'STORE_FORMAT_NEWER' }, 78],
  [{ code: 'X', fault: 'caller', remedy: 'change it' }, 78],
  [{ code: 'X', canRetry: true }, 75],
  [new Error('x'), 70],
  ['text', 70],
  [null, 70],
])('%j ends with %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code)
})

test('a taken port names the key to change, anything else stays as it is', () => {
  const place = { key: 'broker.listen', address: '127.0.0.1:9092' }
  const taken = listenFailure(Object.assign(new Error('x'), { code: 'EADDRINUSE' }), place)
  expect(taken).toBeInstanceOf(ConfigError)
  expect(taken).toMatchObject({
    code: 'CONFIG_ADDRESS_IN_USE',
    message: 'CONFIG_ADDRESS_IN_USE: broker.listen: 127.0.0.1:9092 is taken by another process',
    remedy: expect.stringContaining('change broker.listen') as string,
  })
  const other = new Error('y')
  expect(listenFailure(other, place)).toBe(other)
})

test('the README lists the error codes', () => {
  const source = readFileSync(join(import.meta.dirname, '../src/config-error.ts'), 'utf8')
  const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map((match) => match[1])
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1])
  expect(new Set(listed)).toEqual(new Set(codes))
})
