import type { Layout } from '@beamtime/http-gateway/ui-types'

/* Named layouts; how the detector stands in the beam is one. Kept as long as the page. */

const path = '/ui/layouts'
const kept = new Map<string, Layout>()

function keep(name: string, layout: Layout['layout']): Layout {
  const made = { name, layout, user: 'mara', t: Date.now() }
  kept.set(name, made)
  return made
}

keep('detector geometry eiger', {
  centre: { x: 1_021.5, y: 998.2 },
  wavelengthA: 0.9762,
  distanceMm: 155,
  pixelUm: 75,
  spacingsA: [4.16, 2.94, 2.4, 2.08, 1.7],
  radiiPx: [],
})

/** Answers the routes of layouts; undefined for others. */
export function fakeLayouts({
  method,
  path: asked,
  body,
}: {
  readonly method: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}): unknown {
  if (!asked.startsWith(path)) return undefined
  const name = decodeURIComponent(asked.slice(path.length + 1))
  if (method === 'PUT') return keep(name, body as Layout['layout'])
  return name === '' ? { layouts: Array.from(kept.values()) } : kept.get(name)
}
