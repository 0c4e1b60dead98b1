import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dirtyCells, maskGrid, maskWords } from '../../src/image/mask-canvas.ts'
import { MaskEdit } from '../../src/image/mask-edit.ts'
import { brushSpans, polygonSpans, rectSpans, roiSpans, strokeSpans } from '../../src/image/mask-shapes.ts'

const size = { width: 12, height: 8 }

/** The mask as rows of text. */
function drawn(edit: MaskEdit): readonly string[] {
  const { width, height } = edit.size
  return Array.from({ length: height }, (_, y) =>
    Array.from(edit.bytes.subarray(y * width, (y + 1) * width), (one) => (one === 1 ? '#' : '.')).join(''),
  )
}

function painted(paint: (edit: MaskEdit) => void): readonly string[] {
  const edit = new MaskEdit(size, null)
  paint(edit)
  return drawn(edit).filter((row) => row.includes('#'))
}

test('a brush of one pixel masks the pixel under it, larger ones are round', () => {
  expect(painted((edit) => edit.paint(brushSpans({ x: 3.9, y: 2.1 }, 1), 1))).toEqual(['...#........'])
  expect(painted((edit) => edit.paint(brushSpans({ x: 3.9, y: 2.1 }, 2), 1))).toEqual([
    '...##.......',
    '...##.......',
  ])
  expect(painted((edit) => edit.paint(brushSpans({ x: 4.5, y: 3.5 }, 5), 1))).toEqual([
    '...###......',
    '..#####.....',
    '..#####.....',
    '..#####.....',
    '...###......',
  ])
})

test('a brush of any size covers about a circle, and a stroke has no gaps', () => {
  for (let across = 1; across <= 50; across++) {
    const edit = new MaskEdit({ width: 100, height: 100 }, null)
    edit.paint(brushSpans({ x: 50.3, y: 49.8 }, across), 1)
    expect(Math.abs(edit.masked - (Math.PI * across ** 2) / 4)).toBeLessThan(across * 2)
  }
  const edit = new MaskEdit({ width: 40, height: 40 }, null)
  edit.paint(strokeSpans({ x: 1.5, y: 1.5 }, { x: 35.5, y: 20.5 }, 1), 1)
  for (let x = 1; x <= 35; x++)
    expect([...edit.bytes].filter((one, at) => one === 1 && at % 40 === x).length).toBeGreaterThan(0)
})

test('rectangles take the pixels they touch, polygons those whose middle lies inside', () => {
  expect(painted((edit) => edit.paint(rectSpans({ x: 4.2, y: 1.5 }, { x: 2.9, y: 2.1 }), 1))).toEqual([
    '..###.......',
    '..###.......',
  ])
  const triangle = [
    { x: 1, y: 1 },
    { x: 9, y: 1 },
    { x: 1, y: 5 },
  ]
  expect(painted((edit) => edit.paint(polygonSpans(triangle, size), 1))).toEqual([
    '.#######....',
    '.#####......',
    '.###........',
    '.#..........',
  ])
})

test('regions of the image become part of the mask', () => {
  const region = (kind: 'rect' | 'ellipse' | 'line'): readonly string[] =>
    painted((edit) =>
      edit.paint(
        roiSpans(
          {
            id: 1,
            kind,
            pts: [
              [2, 1],
              [6, 4],
            ],
          },
          size,
        ),
        1,
      ),
    )
  expect(region('rect')).toEqual(['..####......', '..####......', '..####......'])
  expect(region('ellipse')[1]).toBe('..####......')
  expect(region('ellipse')[0]).toBe('...##.......')
  expect(region('line').join('').replaceAll('.', '').length).toBeGreaterThan(4)
})

test('what lies outside of the image is left out', () => {
  const edit = new MaskEdit(size, null)
  edit.paint(rectSpans({ x: -5, y: -5 }, { x: 0.5, y: 100 }), 1)
  edit.paint(brushSpans({ x: 500, y: 3 }, 50), 1)
  edit.paint(
    polygonSpans(
      [
        { x: -9, y: -9 },
        { x: -3, y: 900 },
        { x: -8, y: 2 },
      ],
      size,
    ),
    1,
  )
  expect(edit.masked).toBe(8)
  expect(edit.add(new Uint8Array(3))).toBe(false)
  expect(edit.replace(new Uint8Array(3))).toBe(false)
})

test('a stroke is one step that is taken back and done again', () => {
  const edit = new MaskEdit(
    size,
    Uint8Array.from({ length: 96 }, (_, at) => (at < 12 ? 255 : 0)),
  )
  const before = drawn(edit)
  edit.beginStroke()
  edit.paint(brushSpans({ x: 4, y: 4 }, 4), 1)
  edit.paint(strokeSpans({ x: 4, y: 4 }, { x: 8, y: 4 }, 4), 1)
  edit.endStroke()
  const after = drawn(edit)
  edit.undo()
  expect(drawn(edit)).toEqual(before)
  expect([edit.canUndo, edit.canRedo, edit.masked]).toEqual([false, true, 12])
  edit.redo()
  expect(drawn(edit)).toEqual(after)
  edit.undo()
  edit.invert()
  expect([edit.masked, edit.canRedo]).toEqual([84, false])
})

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('brush', 'rect', 'stroke'),
    x: fc.integer({ min: -3, max: 14 }),
    y: fc.integer({ min: -3, max: 10 }),
    across: fc.integer({ min: 1, max: 6 }),
    value: fc.constantFrom<0 | 1>(0, 1),
  }),
  fc.record({ kind: fc.constantFrom('invert', 'clear', 'add', 'undo', 'redo') }),
)

test('any work is taken back step by step to the first mask, and done again to the last one', () => {
  const first = Uint8Array.from({ length: 96 }, (_, at) => (at % 5 === 0 ? 1 : 0))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const edit = new MaskEdit(size, first)
      for (const one of steps) {
        if (!('across' in one)) {
          if (one.kind === 'add') edit.add(first.map((value) => 1 - value))
          else edit[one.kind as 'invert' | 'clear' | 'undo' | 'redo']()
          continue
        }
        const { kind, x, y, across, value } = one
        const spans =
          kind === 'brush'
            ? brushSpans({ x, y }, across)
            : kind === 'rect'
              ? rectSpans({ x, y }, { x: x + across, y: y + 2 })
              : strokeSpans({ x, y }, { x: x + 3, y }, across)
        edit.paint(spans, value)
      }
      const last = Uint8Array.from(edit.bytes)
      expect(edit.masked).toBe(last.reduce((sum, value) => sum + value, 0))
      let taken = 0
      while (edit.canUndo) {
        edit.undo()
        taken++
      }
      expect(edit.bytes).toEqual(first)
      for (let again = 0; again < taken; again++) edit.redo()
      expect(edit.bytes).toEqual(last)
    }),
  )
})

test('a single masked pixel is seen however small the picture is, and only what changed is drawn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(95),
      (width, height, at) => {
        const edit = new MaskEdit(size, null)
        const grid = maskGrid({ x: 0, y: 0, w: 12, h: 8 }, size, { width, height })
        const pixel = { x: at % 12, y: Math.floor(at / 12) }
        edit.paint(rectSpans(pixel, pixel), 1)
        const cells = dirtyCells(grid, { ...pixel, w: 1, h: 1 })
        expect(maskWords(edit, grid, cells).some((word) => word !== 0)).toBe(true)
        const all = { x: 0, y: 0, w: grid.columns, h: grid.rows }
        const shown = maskWords(edit, grid, all).filter((word) => word !== 0).length
        expect(shown).toBe(maskWords(edit, grid, cells).filter((word) => word !== 0).length)
      },
    ),
  )
})
