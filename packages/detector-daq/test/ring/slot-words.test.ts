import { expect, test } from 'vitest'
import { DescriptorQueue, descriptorQueueBytes, descriptorWords } from '../../src/ring/descriptor-queue.ts'
import { SlotWords } from '../../src/ring/slot-words.ts'

function slotWords(slots: number): SlotWords {
  const ints = (): Int32Array => new Int32Array(new SharedArrayBuffer(slots * 4))
  const words = new SlotWords({ words: ints(), spoiled: ints(), generation: ints() })
  words.clear()
  return words
}

test('readers see an image only after it was published, and no longer when its slot is taken', () => {
  const words = slotWords(7)
  expect(words.holds(3, 0)).toBe(false)
  expect(words.claim(3, 0)).toBe(true)
  expect(words.holds(3, 0)).toBe(false)
  expect(words.publish(3, 0)).toBe(true)
  expect(words.holds(3, 0)).toBe(true)
  expect(words.claim(10, 0)).toBe(true)
  expect(words.holds(3, 0)).toBe(false)
})

test('a published image is not opened again, and an older one does not take its slot', () => {
  const words = slotWords(7)
  words.claim(10, 0)
  expect(words.claim(10, 0)).toBe(true)
  words.publish(10, 0)
  expect(words.claim(10, 0)).toBe(false)
  expect(words.claim(3, 0)).toBe(false)
})

test('an image that lost its slot before it was whole cannot be published', () => {
  const words = slotWords(7)
  words.claim(3, 0)
  words.claim(10, 0)
  expect(words.publish(3, 0)).toBe(false)
})

test('after a restart of the detector the same ids are new images', () => {
  const words = slotWords(7)
  words.claim(3, 0)
  words.publish(3, 0)
  words.nextGeneration(0)
  words.nextGeneration(0)
  expect(words.generation).toBe(1)
  expect(words.claim(3, 1)).toBe(true)
  expect(words.holds(3, 0)).toBe(false)
})

test('a slot that somebody may have written into by mistake is not held', () => {
  const words = slotWords(7)
  words.claim(3, 0)
  words.spoil(3)
  words.publish(3, 0)
  expect(words.holds(3, 0)).toBe(false)
})

test('a queue gives back its entries in order and refuses more than it holds', () => {
  const queue = new DescriptorQueue(new SharedArrayBuffer(descriptorQueueBytes(4)), {
    offset: 0,
    capacity: 4,
  })
  const entry = new Float64Array(descriptorWords)
  for (let round = 0; round < 3; round += 1) {
    for (let value = 0; value < 4; value += 1) expect(queue.push(entry.fill(value))).toBe(true)
    expect(queue.push(entry)).toBe(false)
    expect(queue.peek(entry, 2)).toBe(true)
    expect(entry[5]).toBe(2)
    for (let value = 0; value < 4; value += 1) {
      expect(queue.pop(entry)).toBe(true)
      expect(entry[0]).toBe(value)
    }
    expect(queue.pop(entry)).toBe(false)
  }
})
