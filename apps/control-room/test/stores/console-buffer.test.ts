import { expect, test } from 'vitest'
import { consoleBuffer } from '../../src/stores/console-buffer.ts'

const chunk = (msg: string, level: 'warn' | null = null) => ({ time: 1, msg, level, item: null })
const texts = (buffer: ReturnType<typeof consoleBuffer>): string[] => buffer.lines.map((line) => line.text)

test('chunks are joined into lines', () => {
  const buffer = consoleBuffer()
  buffer.append([chunk('one\ntw'), chunk('o\nthree')])
  expect(texts(buffer)).toEqual(['one', 'two', 'three'])
})

test('a carriage return restarts the line, so a progress bar stays one line', () => {
  const buffer = consoleBuffer()
  buffer.append([chunk('10 %\r20 %'), chunk('\r30 %\n')])
  expect(texts(buffer)).toEqual(['30 %'])
})

test('the level is read from the text where the server does not say it', () => {
  const buffer = consoleBuffer()
  buffer.append([chunk('[E 2026-11-21] ERROR: no beam\n'), chunk('plain\n'), chunk('late\n', 'warn')])
  expect(buffer.lines.map((line) => line.level)).toEqual(['error', null, 'warn'])
})

test('beyond the limit the oldest lines go and are counted', () => {
  const buffer = consoleBuffer(100)
  for (let i = 0; i < 1_300; i += 1) buffer.append([chunk(`line ${i}\n`)])
  expect(buffer.lines.length).toBeLessThanOrEqual(1_100)
  expect(buffer.lines.at(-1)?.text).toBe('line 1299')
  expect(buffer.dropped + buffer.lines.length).toBe(1_300)
})

test('a fresh backlog replaces everything', () => {
  const buffer = consoleBuffer()
  buffer.append([chunk('old')])
  buffer.replace([chunk('new\n')])
  expect(texts(buffer)).toEqual(['new'])
})
