import { expect, test } from 'vitest'
import {
  Msg,
  annotatePlan,
  callPlan,
  createSimulatedDevices,
  isPlanFunction,
  signatureOf,
  standardPlans,
  type Plan,
  type PlanFunction,
} from '../src/index.ts'
import { recordingEngine } from './recording.ts'

function* plain(detectors: unknown, num = 5, label = 'x', ...rest: readonly unknown[]): Plan<unknown> {
  yield Msg('null')
  return [detectors, num, label, rest]
}

test('of an unannotated plan the names and literal defaults are known', () => {
  expect(signatureOf(plain)).toEqual({
    name: 'plain',
    parameters: [
      { name: 'detectors', kind: 'POSITIONAL_OR_KEYWORD' },
      { name: 'num', kind: 'POSITIONAL_OR_KEYWORD', default: 5 },
      { name: 'label', kind: 'POSITIONAL_OR_KEYWORD', default: 'x' },
      { name: 'rest', kind: 'VAR_POSITIONAL' },
    ],
  })
})

test('destructured options become keyword parameters; computed defaults are null', () => {
  const limit = 3
  const options = function* (
    { num = 2, list = [1, { a: 2 }], most = limit, md: metadata = null, ...more } = {} as Record<
      string,
      unknown
    >,
  ): Plan<unknown> {
    yield Msg('null')
    return [num, list, most, metadata, more]
  }
  expect(signatureOf(options).parameters).toEqual([
    { name: 'num', kind: 'KEYWORD_ONLY', default: 2 },
    { name: 'list', kind: 'KEYWORD_ONLY', default: null },
    { name: 'most', kind: 'KEYWORD_ONLY', default: null },
    { name: 'md', kind: 'KEYWORD_ONLY', default: null },
    { name: 'more', kind: 'VAR_KEYWORD' },
  ])
})

test('a plan is called by Python rules: positional, then *args, then one object', () => {
  const heard: unknown[] = []
  const plan = annotatePlan(
    function* (...args: readonly unknown[]): Plan<void> {
      heard.push(...args)
      yield Msg('null')
    },
    {
      name: 'mine',
      parameters: [
        { name: 'a', kind: 'POSITIONAL_OR_KEYWORD' },
        { name: 'b', kind: 'POSITIONAL_OR_KEYWORD', default: 1 },
        { name: 'args', kind: 'VAR_POSITIONAL' },
        { name: 'num', kind: 'KEYWORD_ONLY', default: null },
        { name: 'kwargs', kind: 'VAR_KEYWORD' },
      ],
    },
  )
  callPlan(plan, { a: 'A', args: [1, 2], num: 3, kwargs: { x: 4 } }).next()
  expect(heard).toEqual(['A', undefined, 1, 2, { num: 3, x: 4 }])
})

test('standard plans run from bound values, as a queue has them', async () => {
  const r = recordingEngine()
  const { det, motor } = r.hw
  const plan = (name: string): PlanFunction => standardPlans[name] ?? plain
  await r.RE.run(callPlan(plan('count'), { detectors: [det], num: 2 }))
  await r.RE.run(callPlan(plan('scan'), { detectors: [det], args: [motor, -1, 1], num: 3 }))
  await r.RE.run(callPlan(plan('rel_scan'), { detectors: [det], args: [motor, -1, 1, 3], md: { note: 'x' } }))
  await r.RE.run(callPlan(plan('fly'), { flyers: [r.hw.trivial_flyer] }))
  expect(r.starts().map((start) => [start['plan_name'], start['num_points'], start['note']])).toEqual([
    ['count', 2, undefined],
    ['scan', 3, undefined],
    ['rel_scan', 3, 'x'],
    ['fly', undefined, undefined],
  ])
})

test('points are estimated from what a form holds, names of devices included', () => {
  const points = (name: string, bound: Record<string, unknown>): number | undefined =>
    signatureOf(standardPlans[name] ?? plain).estimate?.(bound)?.points
  expect(points('count', {})).toBe(1)
  expect(points('scan', { args: ['motor', -1, 1, 21] })).toBe(21)
  expect(points('scan', { args: ['motor', -1, 1], num: 5 })).toBe(5)
  expect(points('grid_scan', { args: ['m1', 0, 1, 3, 'm2', 0, 1, 4] })).toBe(12)
  expect(points('grid_scan', { args: ['m1', 0, 1, 3, 'm2', 0, 1, 4, true, 'm3', 0, 1, 2, false] })).toBe(24)
  expect(points('list_scan', { args: ['m', [1, 2, 3]] })).toBe(3)
  expect(points('list_grid_scan', { args: ['a', [1, 2], 'b', [1, 2, 3]] })).toBe(6)
  expect(points('spiral', { x_range: 1, y_range: 1, dr: 0.1, nth: 5 })).toBe(83)
  expect(points('spiral_square', { x_num: 3, y_num: 4 })).toBe(12)
  expect(points('scan', { args: ['motor', -1, 1] })).toBeUndefined()
  expect(points('spiral', { x_range: 1e9, y_range: 1e9, dr: 1e-9, nth: 5 })).toBeUndefined()
})

test('generator functions and annotated functions are plans, other functions are not', () => {
  expect(isPlanFunction(plain)).toBe(true)
  expect(isPlanFunction(() => undefined)).toBe(false)
  expect(isPlanFunction(createSimulatedDevices)).toBe(false)
  expect(isPlanFunction(annotatePlan(() => plain([]), { name: 'x', parameters: [] }))).toBe(true)
})
