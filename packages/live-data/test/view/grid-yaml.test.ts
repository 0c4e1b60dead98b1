import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkGridYaml,
  gridTemplates,
  gridYaml,
  instruments,
  LiveDataError,
  parseGridYaml,
} from '../../src/index.ts'
import { noGeometry } from '../../src/service/geometry-files.ts'
import { liveWorkflows } from '../../src/view/workflow-list.ts'
import { workflowsOf } from '../../src/workflows/catalog.ts'

const grid = {
  title: 'Overview',
  nrows: 2,
  ncols: 3,
  enabled: true,
  cells: [
    {
      geometry: { row: 0, col: 0, row_span: 1, col_span: 2 },
      layers: [
        {
          data_sources: { primary: { workflow_id: 'a/b/1', source_names: ['c'], view_name: 'image' } },
          plot_name: 'image',
          params: {},
        },
      ],
    },
  ],
}

test('a layout survives its download and upload', () => {
  expect(parseGridYaml(gridYaml(grid))).toEqual([grid])
})

test('an upload is a layout or is refused, whatever it holds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        for (const { nrows } of parseGridYaml(text)) expect(nrows).toBeGreaterThanOrEqual(2)
      } catch (error) {
        expect(error).toBeInstanceOf(LiveDataError)
      }
    }),
  )
})

test.each([
  [
    'one layout',
    gridYaml(grid).replace('row_span: 1', 'row_span: 7'),
    9,
    'grids[0].cells[0].geometry.row_span',
  ],
  ['a list', `- title: a\n  nrows: 2\n  ncols: 2\n- title: b\n  nrows: 1\n  ncols: 2\n`, 5, 'grids[1].nrows'],
  ['the whole file', 'plot_grids:\n  grids:\n    - title: a\n      nrows: x\n', 4, 'grids[0].nrows'],
  ['what is missing', 'title: a\nnrows: 2\n', 1, 'grids[0].ncols'],
  ['no YAML', 'title: a\nnrows: [2\nncols: 2\n', 3, 'not YAML'],
  ['references', 'a: &a [1]\nb: *a\n', 1, 'references'],
])('a wrong file says at which line: %s', (_name, text, line, says) => {
  const { grids, problem } = checkGridYaml(text)
  expect(grids).toEqual([])
  expect(problem).toMatchObject({ line })
  expect(problem?.text).toContain(says)
  expect(() => parseGridYaml(text)).toThrow(`line ${line}, column `)
})

test('every instrument brings layouts that could be uploaded too', () => {
  for (const instrument of Object.values(instruments)) {
    const templates = gridTemplates(liveWorkflows(instrument, workflowsOf(instrument, noGeometry)))
    expect(templates.length, instrument.name).toBeGreaterThan(1)
    expect(parseGridYaml(gridYaml(templates[0] ?? grid))).toEqual([templates[0]])
    expect(new Set(templates.map(({ title }) => title)).size).toBe(templates.length)
  }
})
