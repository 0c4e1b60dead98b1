import { expect, test } from 'vitest'
import {
  afterKey,
  closed,
  withCorner,
  type DraftStep,
  type PolygonDraft,
} from '../../src/image/polygon-draft.ts'

const triangle: PolygonDraft = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 50, y: 80 },
]

function clicked(clicks: PolygonDraft, scale = 1): DraftStep {
  return clicks.reduce<DraftStep>(
    (step, at) => (step.kind === 'draft' ? withCorner(step.draft, at, scale) : step),
    { kind: 'draft', draft: [] },
  )
}

test('a click near the first corner closes the polygon, near as it is seen', () => {
  expect(clicked(triangle)).toEqual({ kind: 'draft', draft: triangle })
  expect(clicked([...triangle, { x: 6, y: 6 }])).toEqual({ kind: 'closed', corners: triangle })
  expect(clicked([...triangle, { x: 6, y: 6 }], 4)).toMatchObject({ kind: 'draft' })
  // Two corners have no area to close.
  expect(
    clicked([
      { x: 0, y: 0 },
      { x: 50, y: 0 },
      { x: 1, y: 1 },
    ]),
  ).toMatchObject({ kind: 'draft' })
})

test('the second click of a double click is no corner', () => {
  expect(clicked([...triangle, { x: 51, y: 81 }])).toEqual({ kind: 'draft', draft: triangle })
})

test('Enter closes, Escape drops, Backspace takes the last corner back', () => {
  expect(afterKey(triangle, 'Enter')).toEqual({ kind: 'closed', corners: triangle })
  expect(afterKey(triangle.slice(0, 2), 'Enter')).toEqual({ kind: 'draft', draft: triangle.slice(0, 2) })
  expect(afterKey(triangle, 'Escape')).toEqual({ kind: 'draft', draft: [] })
  expect(afterKey(triangle, 'Backspace')).toEqual({ kind: 'draft', draft: triangle.slice(0, 2) })
  expect(afterKey(triangle, 'a')).toBeUndefined()
  expect(closed([])).toEqual({ kind: 'draft', draft: [] })
})

test('a polygon has at most a hundred corners', () => {
  const many = Array.from({ length: 150 }, (_, at) => ({ x: at * 50, y: (at % 2) * 50 }))
  const step = clicked(many)
  expect(step.kind === 'draft' && step.draft.length).toBe(100)
})
