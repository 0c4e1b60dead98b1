import { expect, test } from 'vitest'
import { DirectWrites } from '../../src/log/direct-write.ts'

function writes() {
  const clock = { nowMs: 0, takesMs: 0.01 }
  const asked: number[] = []
  const direct = new DirectWrites(
    (_fd, buffers) => {
      const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)
      asked.push(bytes)
      clock.nowMs += clock.takesMs
      return bytes
    },
    () => clock.nowMs,
  )
  const tryBytes = (bytes: number): number =>
    direct.tryWrite(3, { buffers: [new Uint8Array(bytes)], totalBytes: bytes, position: 0 })
  return { clock, asked, direct, tryBytes }
}

test('a small write is made at once, a large one is left to a thread', () => {
  const { asked, tryBytes } = writes()
  expect(tryBytes(100)).toBe(100)
  expect(tryBytes(131_072)).toBe(131_072)
  expect(tryBytes(131_073)).toBe(0)
  expect(asked).toEqual([100, 131_072])
})

test('while a thread writes, none is made at once', () => {
  const { direct, tryBytes } = writes()
  direct.threadBegins()
  expect(tryBytes(100)).toBe(0)
  direct.threadEnds()
  expect(tryBytes(100)).toBe(100)
})

test('after a slow write the loop is left alone for a second', () => {
  const { clock, tryBytes } = writes()
  clock.takesMs = 40
  expect(tryBytes(100)).toBe(100)
  clock.takesMs = 0.01
  expect(tryBytes(100)).toBe(0)
  clock.nowMs += 999
  expect(tryBytes(100)).toBe(0)
  clock.nowMs += 1
  expect(tryBytes(100)).toBe(100)
})
