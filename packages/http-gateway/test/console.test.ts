import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextBuffer } from '../src/console/text-buffer.ts'
import { keepConsole } from '../src/console/console-log.ts'
import { fakeLink } from './fake-link.ts'

function screen(...texts: readonly string[]): TextBuffer {
  const buffer = new TextBuffer()
  for (const text of texts) buffer.write(text)
  return buffer
}

test('lines end with a newline, whatever the chunks are', () => {
  expect(screen('one\ntw', 'o\nthree').tail(10)).toBe('one\ntwo\nthree')
  expect(screen('one\ntwo\n').tail(10)).toBe('one\ntwo')
  expect(screen('one\ntwo\n').tail(1)).toBe('two')
})

test('none or fewer lines are the empty text', () => {
  expect(screen('a\nb').tail(0)).toBe('')
  expect(screen('a\nb').tail(-3)).toBe('')
  expect(screen().tail(5)).toBe('')
})

test('a progress bar overwrites itself', () => {
  expect(screen('10 %\r', '20 %\r', '100 %').tail(5)).toBe('100 %')
  expect(screen('abcdef\rxy').tail(5)).toBe('xycdef')
  expect(screen('one\ntwo\u001B[A\rONE').tail(5)).toBe('ONE\ntwo')
  expect(screen('\u001B[A\u001B[Ax').tail(5)).toBe('x')
})

test('other escape sequences stay in the text', () => {
  expect(screen('\u001B[31mred\u001B[0m').tail(1)).toBe('\u001B[31mred\u001B[0m')
})

test('the buffer keeps 2000 lines of any text', () => {
  const buffer = screen(Array.from({ length: 3_000 }, (_, n) => `line ${n}\n`).join(''))
  expect(buffer.tail(5_000).split('\n').length).toBeLessThanOrEqual(2_000)
  expect(buffer.tail(1)).toBe('line 2999')
  fc.assert(fc.property(fc.array(fc.string()), (texts) => void screen(...texts).tail(10)))
})

test('messages are read on from a known uid; an unknown one gives nothing', () => {
  const link = fakeLink()
  const log = keepConsole(link)
  const before = log.since('')
  expect(before.console_output_msgs).toEqual([])
  link.print('one')
  const uid = log.since('').last_msg_uid
  expect(uid).not.toBe(before.last_msg_uid)
  expect(log.since('')).toEqual({ last_msg_uid: uid, console_output_msgs: [] })
  link.print('two')
  expect(log.since(uid).console_output_msgs.map((one) => one.msg)).toEqual(['two'])
  expect(log.since('ALL').console_output_msgs.map((one) => one.msg)).toEqual(['one', 'two'])
  expect(log.since(log.textUid).console_output_msgs).toEqual([])
  expect(log.text(10)).toBe('onetwo')
})

test('chunks are numbered, so that a reader can go on after a reconnect', () => {
  const link = fakeLink()
  const log = keepConsole(link)
  for (let n = 1; n <= 2_500; n += 1) link.print(`${n}\n`)
  expect(log.chunksAfter(2_498)?.map((chunk) => chunk.msg)).toEqual(['2499\n', '2500\n'])
  expect(log.chunksAfter(2_500)).toEqual([])
  expect(log.chunksAfter(10)).toBeNull()
  expect(log.chunksAfter(9_999)).toBeNull()
  expect(log.lastChunks(1)[0]).toMatchObject({ n: 2_500, level: null, item: null })
})

test('log lines have their level', () => {
  const link = fakeLink()
  const log = keepConsole(link)
  link.print('[I 2026-11-21 03:00:00,000 manager] Queue is empty\n')
  link.print('[E 2026-11-21 03:00:00,000 manager] The plan failed\n')
  link.print('plain\n')
  expect(log.lastChunks(3).map((chunk) => chunk.level)).toEqual(['info', 'error', null])
})
