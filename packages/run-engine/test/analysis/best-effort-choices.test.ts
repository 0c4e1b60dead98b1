import { expect, test } from 'vitest'
import {
  bestEffortChoices,
  count,
  gridScan,
  imageCell,
  scan,
  supplementalData,
  type Plan,
} from '../../src/index.ts'
import { recordingEngine, type Recording } from '../recording.ts'

async function choicesOf(plan: (r: Recording) => Plan): Promise<ReturnType<typeof bestEffortChoices>> {
  const r = recordingEngine()
  await r.RE.run(plan(r))
  const [start] = r.starts()
  if (start === undefined) throw new Error('the plan opened no run')
  return bestEffortChoices(start, r.descriptors())
}

test('a scan is a line over its motor, with the detector as column', async () => {
  const { mainStream, streams } = await choicesOf((r) => scan([r.hw.det], r.hw.motor, 0, 1, 3))
  expect(mainStream).toBe('primary')
  expect(streams[0]).toMatchObject({
    stream: 'primary',
    axes: [{ field: 'motor', fields: ['motor'] }],
    columns: [{ field: 'det', object: 'det', dtype: 'number', precision: 3, plottable: true }],
    view: { kind: 'line', x: { field: 'motor' } },
  })
})

test('a count is a line over time, a single reading a table', async () => {
  const several = await choicesOf((r) => count([r.hw.det], 3))
  expect(several.streams[0]?.view).toEqual({ kind: 'line', x: { field: null, fields: [], units: 's' } })
  const single = await choicesOf((r) => count([r.hw.det]))
  expect(single.streams[0]?.view).toEqual({ kind: 'table' })
})

test('a grid is an image: half a step wider than its points, snaked rows mirrored', async () => {
  const { streams } = await choicesOf((r) =>
    gridScan([r.hw.det4], r.hw.motor1, 0, 1, 3, r.hw.motor2, 0, 4, 5, { snake_axes: true }),
  )
  const view = streams[0]?.view
  expect(view).toMatchObject({
    kind: 'image',
    slow: { field: 'motor1' },
    fast: { field: 'motor2' },
    shape: [3, 5],
    extent: { slow: [-0.25, 1.25], fast: [-0.5, 4.5] },
    snaking: true,
    equalAspect: false,
  })
  if (view?.kind !== 'image') throw new Error('not an image')
  expect([1, 5, 6, 10, 11].map((seqNum) => imageCell(seqNum, view))).toEqual([
    { row: 0, column: 0 },
    { row: 0, column: 4 },
    { row: 1, column: 4 },
    { row: 1, column: 0 },
    { row: 2, column: 0 },
  ])
})

test('two dimensions without gridding are a scatter, three a table', async () => {
  const scatter = await choicesOf((r) =>
    gridScan([r.hw.det4], r.hw.motor1, 0, 1, 2, r.hw.motor2, 0, 1, 2, {
      md: { hints: { gridding: 'none' } },
    }),
  )
  expect(scatter.streams[0]?.view).toMatchObject({ kind: 'scatter', limits: { x: [0, 1], y: [0, 1] } })
  const cube = await choicesOf((r) =>
    gridScan([r.hw.det4], r.hw.motor1, 0, 1, 2, r.hw.motor2, 0, 1, 2, r.hw.motor3, 0, 1, 2),
  )
  expect(cube.streams[0]?.view).toEqual({ kind: 'table' })
})

test('baseline is a table and monitors are lines over time, behind the main stream', async () => {
  const { streams } = await choicesOf((r) =>
    supplementalData({ baseline: [r.hw.motor1], monitors: [r.hw.sig] })(
      scan([r.hw.det], r.hw.motor, 0, 1, 2),
    ),
  )
  expect(streams.map(({ stream, view }) => [stream, view.kind])).toEqual([
    ['primary', 'line'],
    ['baseline', 'table'],
    ['sig_monitor', 'line'],
  ])
})

test('without hints the motors are guessed and replaced by what they hint at', async () => {
  const r = recordingEngine()
  await r.RE.run(scan([r.hw.det], r.hw.motor, 0, 1, 2))
  const [start] = r.starts()
  if (start === undefined) throw new Error('no run')
  const bare = { ...start, hints: {} }
  expect(bestEffortChoices(bare, r.descriptors()).streams[0]?.axes[0]?.field).toBe('motor')
  const mixed = {
    ...start,
    hints: {
      dimensions: [
        [['motor'], 'primary'],
        [['x'], 'other'],
      ],
    },
  }
  expect(bestEffortChoices(mixed, r.descriptors()).streams[0]?.axes).toHaveLength(1)
})

test('images and texts are columns that cannot be drawn', async () => {
  const { streams } = await choicesOf((r) => count([r.hw.direct_img_list, r.hw.det], 2))
  expect(streams[0]?.columns.map(({ field, plottable }) => [field, plottable])).toEqual([
    ['direct_img_list', false],
    ['det', true],
  ])
})
