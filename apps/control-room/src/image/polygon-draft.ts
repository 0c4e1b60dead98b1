import type { Point } from './orientation.ts'

/* A polygon that is being drawn: its corners in source pixels, in order. All distances are in CSS pixels. */

export type PolygonDraft = readonly Point[]

export type DraftStep =
  | { readonly kind: 'draft'; readonly draft: PolygonDraft }
  | { readonly kind: 'closed'; readonly corners: PolygonDraft }

const leastCorners = 3
const mostCorners = 100
/** How near to the first corner a click closes the polygon. */
const closeWithin = 10
/** The second click of a double click is no corner. */
const sameWithin = 4

/** After a click; `scale` is CSS pixels a source pixel. */
export function withCorner(draft: PolygonDraft, at: Point, scale: number): DraftStep {
  const [first, last] = [draft[0], draft.at(-1)]
  if (first !== undefined && draft.length >= leastCorners && distance(first, at) * scale <= closeWithin)
    return { kind: 'closed', corners: draft }
  if (last !== undefined && distance(last, at) * scale <= sameWithin) return { kind: 'draft', draft }
  return draft.length >= mostCorners ? { kind: 'draft', draft } : { kind: 'draft', draft: [...draft, at] }
}

/** After a key; undefined when it means nothing here. */
export function afterKey(draft: PolygonDraft, key: string): DraftStep | undefined {
  switch (key) {
    case 'Enter':
      return closed(draft)
    case 'Escape':
      return { kind: 'draft', draft: [] }
    case 'Backspace':
      return { kind: 'draft', draft: draft.slice(0, -1) }
    default:
      return undefined
  }
}

/** Two corners make no area: such a draft goes on. */
export function closed(draft: PolygonDraft): DraftStep {
  return draft.length >= leastCorners ? { kind: 'closed', corners: draft } : { kind: 'draft', draft }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
