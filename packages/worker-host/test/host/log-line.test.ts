import { expect, test } from 'vitest'
import { queueServerLine, workerVoice } from '../../src/host/log-line.ts'

test('a line has the form of the queue server, with module at debug level', () => {
  const now = new Date(2026, 0, 31, 12, 0, 7, 45)
  const line = (withModule: boolean): string => queueServerLine({ letter: 'W', text: 'x', withModule }, now)
  expect(line(false)).toBe('[W 2026-01-31 12:00:07,045 bluesky_queueserver.manager.worker] x\n')
  expect(line(true)).toBe('[W 2026-01-31 12:00:07,045 bluesky_queueserver.manager.worker worker:1] x\n')
})

test.each([
  ['debug', 'IWE'],
  ['info', 'IWE'],
  ['warn', 'WE'],
  ['error', 'E'],
  ['silent', ''],
])('at level %s these lines are said: %s', (level, expected) => {
  const said: string[] = []
  const say = workerVoice(level, (text) => said.push(text[1] ?? ''))
  for (const letter of ['I', 'W', 'E'] as const) say(letter, 'text')
  expect(said.join('')).toBe(expected)
})
