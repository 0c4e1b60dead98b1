import { expect, test } from 'vitest'
import {
  Msg,
  count,
  createSimulatedDevices,
  gridScan,
  listGridScan,
  listScan,
  logScan,
  perStep1D,
  relSpiral,
  scan,
  scanNd,
  spiralSquare,
  tuneCentroid,
  type Plan,
} from '../../src/index.ts'

const { motor1, motor2, motor3 } = createSimulatedDevices()

/** Arguments, right and wrong. */
const given = {
  motor1,
  motor2,
  motor3,
  noNum: [motor1, 0, 1],
  line: [motor1, 0, 1],
  two: [motor1, 0, 1, motor2, 0, 1, 3],
  grid: [motor1, 0, 1, 2, motor2, 0, 1, 2],
  twice: [motor1, 0, 1, 2, motor1, 0, 1, 2],
  repeated: [motor2, motor2],
} as const

function* nothing(): Plan<void> {
  yield Msg('null')
}

test.each([
  ['detectors must be a list', () => count('det' as never)],
  ['is not readable', () => count([{ name: 'x' } as never])],
  ['the number of points at the end', () => scan([], ...given.noNum)],
  ['whole number of points', () => scan([], ...given.line, { num: 2.5 })],
  ['whole number of points', () => scan([], ...given.line, { num: 0 })],
  ["'motor' is not a movable device", () => scan([], 'motor', 0, 1, 3)],
  ['start of motor1: x is not a number', () => scan([], given.motor1, 'x', 1, 3)],
  ['must be a list', () => listScan([], given.motor1, 5)],
  ['same length', () => listScan([], given.motor1, [1], given.motor2, [1, 2])],
  ['motor, start, stop, number of points', () => gridScan([], given.motor1, 0, 1)],
  ['more than once', () => gridScan([], ...given.twice)],
  ['slowest motor', () => gridScan([], ...given.grid, { snake_axes: [given.motor1] })],
  ['does not move', () => gridScan([], ...given.grid, { snake_axes: [given.motor3] })],
  ['more than once', () => gridScan([], ...given.grid, { snake_axes: given.repeated })],
  ['not both', () => gridScan([], ...given.grid, true, { snake_axes: true })],
  ['for each motor', () => listGridScan([])],
  ['whole number of points', () => logScan([], given.motor1, 0, 1, -1)],
  ['needs a trajectory', () => scanNd([], [] as never)],
  ['is for one motor', () => scan([], ...given.two, { per_step: perStep1D(nothing) })],
  ['2 or more', () => spiralSquare([], given.motor1, given.motor2, 0, 0, 1, 1, 1, 3)],
  ['above 0', () => relSpiral([], given.motor1, given.motor2, 1, 1, 0, 3)],
  ['step_factor', () => tuneCentroid([], 'det', given.motor1, 0, 1, 0.1, 5, 1)],
])('a plan called wrongly says: %s', (text, plan) => {
  expect(() => plan().next()).toThrow(text)
})

test('a plan that was called wrongly has emitted nothing', () => {
  let message: unknown = null
  try {
    message = scan([], 'motor', 0, 1, 3).next().value
  } catch (error) {
    expect(error).toMatchObject({ code: 'PLAN_ARGUMENT', fault: 'caller' })
  }
  expect(message).toBeNull()
})
