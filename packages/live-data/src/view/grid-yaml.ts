import { isNode, LineCounter, parseDocument, stringify, type Document } from 'yaml'
import { LiveDataError } from '../error.ts'
import type { LiveGrid, LiveGridProblem } from '../ui-types.ts'
import { gridsOf } from './grid-form.ts'

/** What is there twice is written twice: other readers need not know references. */
export const plainYaml = { aliasDuplicateObjects: false }

/** A layout as a file to download. */
export function gridYaml(grid: LiveGrid): string {
  return stringify(grid, plainYaml)
}

/** Layouts of an uploaded file. Throws LIVEDATA_LAYOUT_WRONG. */
export function parseGridYaml(text: string): readonly LiveGrid[] {
  const { grids, problem } = checkGridYaml(text)
  if (problem === null) return grids
  throw new LiveDataError({
    code: 'LIVEDATA_LAYOUT_WRONG',
    message: `line ${problem.line}, column ${problem.column}: ${problem.text}`,
    fault: 'caller',
    remedy: 'correct the file, or upload one that was downloaded as a layout',
  })
}

/** Layouts of a file, or what is wrong with it and where. */
export function checkGridYaml(text: string): {
  readonly grids: readonly LiveGrid[]
  readonly problem: LiveGridProblem | null
} {
  const lines = new LineCounter()
  const at = (offset: number, problem: string) => {
    const { line, col } = lines.linePos(offset)
    return { grids: [], problem: { line: Math.max(1, line), column: Math.max(1, col), text: problem } }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [fault] = document.errors
  if (fault !== undefined) return at(fault.pos[0], `not YAML: ${fault.message}`)
  try {
    return { grids: gridsOf(document.toJS({ maxAliasCount: 0 })), problem: null }
  } catch (error) {
    if (error instanceof LiveDataError) return at(offsetOf(document, error.detail), error.detail)
    // References are refused: a few lines of them can stand for gigabytes.
    if (error instanceof ReferenceError) return at(0, 'references (*name) are not taken')
    throw error
  }
}

/** Where in the file a refusal points to: `grids[0].cells[1].geometry.row: must be …`. */
function offsetOf(document: Document, refusal: string): number {
  const place = /^grids((?:\[\d+\]|\.\w+)*)/.exec(refusal)?.[1] ?? ''
  const steps = Array.from(place.matchAll(/\[(\d+)\]|\.(\w+)/g), ([, index, name]) =>
    index === undefined ? (name ?? '') : Number(index),
  )
  const root = document.hasIn(['plot_grids', 'grids']) ? ['plot_grids', 'grids'] : []
  const isList = root.length > 0 || Array.isArray(document.toJS({ maxAliasCount: 0 }))
  const path = [...root, ...(isList ? steps : steps.slice(1))]
  // What is missing is shown at what should have held it.
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}
