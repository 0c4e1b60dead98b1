import { expect, test } from 'vitest'
import { upright, type PicturePlace } from '../../src/image/orientation.ts'
import { pixelText, pixelTexts, shortPixelText } from '../../src/image/pixel-texts.ts'

const region = { x: 10, y: 20, w: 3, h: 2 }
const place = (scale: number, orientation = upright): PicturePlace => ({
  region,
  orientation,
  box: orientation.isTransposed
    ? { width: 2 * scale, height: 3 * scale }
    : { width: 3 * scale, height: 2 * scale },
})
const shown = { region, values: Float64Array.of(1, 2, 3, Number.NaN, 65_535, 6) }

test('values are counts as they are, others with three digits, masked ones nothing', () => {
  expect([0, 7, 65_535, -12, 1_234_567, 0.5, 12.345, 0.000_12, Number.NaN].map(pixelText)).toEqual([
    '0',
    '7',
    '65535',
    '−12',
    '1.2e6',
    '0.500',
    '12.3',
    '1.2e−4',
    '',
  ])
})

test('each value stands in the middle of its pixel, also when the picture is turned', () => {
  const at = (turned: PicturePlace): Record<string, number[]> =>
    Object.fromEntries(pixelTexts(shown, turned).texts.map(({ text, x, y }) => [text, [x, y]]))
  expect(at(place(60))).toEqual({ 1: [30, 30], 2: [90, 30], 3: [150, 30], 65_535: [90, 90], 6: [150, 90] })
  const turned = { isTransposed: true, isFlippedAcross: true, isFlippedDown: false }
  expect(at(place(60, turned))).toEqual({
    1: [90, 30],
    2: [90, 90],
    3: [90, 150],
    65_535: [30, 90],
    6: [30, 150],
  })
})

test('nothing is written up to 8:1, and nothing that could not be read; before that, thousands are shortened', () => {
  expect(pixelTexts(shown, place(8)).texts).toEqual([])
  expect(pixelTexts(shown, place(12)).texts).toEqual([])
  expect(pixelTexts(shown, place(14)).texts.map(({ text }) => text)).toEqual(['1', '2', '3', '66k', '6'])
  expect([0, 87, 999, 1_499, 999_499, 999_500, 4e9, -1_499, 12.34, 123.4].map(shortPixelText)).toEqual([
    '0',
    '87',
    '999',
    '1k',
    '999k',
    '1M',
    '4e9',
    '−1k',
    '12.3',
    '123',
  ])
  const { font, texts } = pixelTexts(shown, place(30))
  expect(texts).toHaveLength(5)
  expect(font * 5 * 0.6).toBeLessThanOrEqual(30)
  expect(pixelTexts({ region, values: new Float64Array(6).fill(3) }, place(9)).texts).toHaveLength(6)
})
