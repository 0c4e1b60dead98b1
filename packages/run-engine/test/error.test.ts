import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorText, isRunEngineError, RunEngineError, runEngineErrorCodes } from '../src/index.ts'

const root = new URL('../', import.meta.url)

test('the README lists exactly the codes that exist', () => {
  const text = readFileSync(new URL('README.md', root), 'utf8')
  const listed = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  expect(new Set(listed)).toEqual(new Set(runEngineErrorCodes))
  expect(listed).toHaveLength(runEngineErrorCodes.length)
})

test('every code is used somewhere', () => {
  const source = new URL('src/', root)
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const text = files
    .filter((file) => file !== 'error.ts')
    .map((file) => readFileSync(new URL(file, source), 'utf8'))
  const own =
    readFileSync(new URL('error.ts', source), 'utf8').split('export type RunEngineErrorCode')[1] ?? ''
  for (const code of runEngineErrorCodes)
    expect([own, ...text].some((part) => part.includes(code))).toBe(true)
})

test('the text of an error is its sentence without the code', () => {
  const error = new RunEngineError({ code: 'PLAN_ARGUMENT', text: 'no', fault: 'caller', remedy: 'yes' })
  expect(errorText(error)).toBe('no')
  expect(errorText(new Error('plain'))).toBe('plain')
  expect(errorText('just text')).toBe('just text')
  expect([isRunEngineError(error, 'PLAN_ARGUMENT'), isRunEngineError(error, 'DEVICE_FAULT')]).toEqual([
    true,
    false,
  ])
})
