import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSimulatedDevices,
  innerTrajectory,
  linspace,
  logspace,
  outerTrajectory,
  type Trajectory,
} from '../../src/index.ts'
import {
  fermatPoints,
  spiralPoints,
  squareSpiralPoints,
  type Point,
} from '../../src/plans/spiral-patterns.ts'

const { motor1, motor2, motor3 } = createSimulatedDevices()

function all(trajectory: Trajectory): readonly (readonly unknown[])[] {
  return Array.from({ length: trajectory.length }, (_, i) => trajectory.at(i))
}

function grid(counts: readonly number[], snaked: readonly boolean[]): string {
  const paths = counts.map((n, i) => ({
    motor: [motor1, motor2, motor3][i] ?? motor1,
    points: Array.from({ length: n }, (_, k) => k),
    snake: snaked[i] ?? false,
  }))
  return all(outerTrajectory(paths))
    .map((point) => point.join(''))
    .join(' ')
}

test('linspace gives the golden points to the last bit', () => {
  expect(linspace(-1, 1, 7)).toEqual([
    -1, -0.6666666666666667, -0.33333333333333337, 0, 0.33333333333333326, 0.6666666666666665, 1,
  ])
  expect(linspace(0, 1, 11)[3]).toBe(0.30000000000000004)
  expect(linspace(3, 5, 1)).toEqual([3])
  expect(linspace(2, 2, 3)).toEqual([2, 2, 2])
})

test('linspace starts at a, ends at b and goes one way', () => {
  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(finite, finite, fc.integer({ min: 2, max: 200 }), (a, b, n) => {
      const points = linspace(a, b, n)
      expect(points).toHaveLength(n)
      expect(points[0]).toBeCloseTo(a, 6)
      expect(points.at(-1)).toBe(b)
      const sign = Math.sign(b - a)
      for (let i = 1; i < n; i++)
        expect(((points[i] ?? 0) - (points[i - 1] ?? 0)) * sign).toBeGreaterThanOrEqual(-1e-9)
    }),
  )
})

test('logspace gives the golden points', () => {
  const expected = [1, 2.154434690031884, 4.641588833612778, 10]
  logspace(0, 1, 4).forEach((point, i) => expect(point / (expected[i] ?? 1)).toBeCloseTo(1, 14))
})

test('snaked axes turn round at each pass, counted over all slower axes', () => {
  expect(grid([2, 3], [false, true])).toBe('00 01 02 12 11 10')
  expect(grid([2, 2, 3], [false, true, true])).toBe('000 001 002 012 011 010 110 111 112 102 101 100')
  expect(grid([2, 2, 3], [false, false, true])).toBe('000 001 002 012 011 010 100 101 102 112 111 110')
  expect(grid([2, 2, 3], [false, true, false])).toBe('000 001 002 010 011 012 110 111 112 100 101 102')
})

test('a grid visits every combination once; fully snaked, neighbours differ in one step of one axis', () => {
  const counts = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
  )
  fc.assert(
    fc.property(counts, (n) => {
      const points = grid(n, [false, true, true]).split(' ')
      expect(new Set(points).size).toBe(n[0] * n[1] * n[2])
      for (let i = 1; i < points.length; i++) {
        const [a = '', b = ''] = [points[i - 1], points[i]]
        const steps = [0, 1, 2].map((k) => Math.abs(Number(a.charAt(k)) - Number(b.charAt(k))))
        expect(steps.toSorted((p, q) => p - q)).toEqual([0, 0, 1])
      }
    }),
  )
})

test('lists of different lengths and repeated motors are refused', () => {
  const path = (
    motor: typeof motor1,
    points: readonly number[],
  ): { motor: typeof motor1; points: readonly number[] } => ({
    motor,
    points,
  })
  expect(() => innerTrajectory([path(motor1, [1, 2]), path(motor2, [1])])).toThrow('motor1 2, motor2 1')
  expect(() => outerTrajectory([path(motor1, [1]), path(motor1, [1])])).toThrow('more than once')
})

const shape = { xStart: 0, yStart: 0, xRange: 1, yRange: 1, dr: 0.1, drY: null, tilt: 0 }
const tilted = { xStart: 1, yStart: -1, xRange: 2, yRange: 1, dr: 0.3, drY: 0.15, tilt: 0.3 }

function expectClose(points: readonly Point[], expected: readonly Point[]): void {
  expect(points).toHaveLength(expected.length)
  points.forEach(([x, y], i) => {
    expect(Math.abs(x - (expected[i]?.[0] ?? Number.NaN))).toBeLessThan(1e-5)
    expect(Math.abs(y - (expected[i]?.[1] ?? Number.NaN))).toBeLessThan(1e-5)
  })
}

test('spirals of rings are the golden ones', () => {
  const points = spiralPoints(shape, 5)
  expect(points).toHaveLength(83)
  expect(points.slice(0, 2)).toEqual([
    [0.1, 0],
    [0.030901699437494747, 0.09510565162951536],
  ])
  expect(points.at(-1)?.[0]).toBeCloseTo(0.4854101966249685, 14)
  expect(points.at(-1)?.[1]).toBeCloseTo(-0.35267115137548405, 14)
  expectClose(spiralPoints({ ...shape, dr: 0.25 }, 4), [
    [0.25, 0],
    [0, 0.25],
    [-0.25, 0],
    [0, -0.25],
    [0.5, 0],
    [0.353553, 0.353553],
    [0, 0.5],
    [-0.353553, 0.353553],
    [-0.5, 0],
    [-0.353553, -0.353553],
    [0, -0.5],
    [0.353553, -0.353553],
  ])
  expect(spiralPoints(tilted, 6)).toHaveLength(42)
  expect(spiralPoints(tilted, 6).at(-1)?.[0]).toBeCloseTo(2.2135254915624207, 14)
})

test('spirals of even density are the golden ones', () => {
  const points = fermatPoints(shape, 1)
  expect(points).toHaveLength(34)
  expect(points[0]?.[0]).toBeCloseTo(-0.07373716598111539, 15)
  expect(points.at(-1)?.[1]).toBeCloseTo(-0.37746783585793736, 14)
  expectClose(fermatPoints({ ...shape, xRange: 2, yRange: 2, dr: 0.5 }, 1), [
    [-0.3686858, 0.3377436],
    [0.0618251, -0.7043988],
    [0.526915, 0.6872849],
    [-0.9847106, -0.1741982],
    [0.9433595, -0.6000608],
  ])
  expect(fermatPoints(tilted, 2)).toHaveLength(109)
})

test('square spirals are the golden ones', () => {
  const square = (
    xCenter: number,
    yCenter: number,
    rest: readonly [number, number, number, number],
  ): Point[] => {
    const [xRange, yRange, xNum, yNum] = rest
    return squareSpiralPoints({ xCenter, yCenter, xRange, yRange, xNum, yNum })
  }
  expect(square(0, 0, [2, 2, 3, 3])).toEqual([
    [0, 0],
    [1, 0],
    [1, -1],
    [0, -1],
    [-1, -1],
    [-1, 0],
    [-1, 1],
    [0, 1],
    [1, 1],
  ])
  expect(
    square(0, 0, [3, 2, 4, 3])
      .map((point) => point.join())
      .join(' '),
  ).toBe('-0.5,0 0.5,0 0.5,-1 -0.5,-1 -1.5,-1 -1.5,0 -1.5,1 -0.5,1 0.5,1 1.5,1 1.5,0 1.5,-1')
  expect(
    square(1, -1, [1, 3, 2, 4])
      .map((point) => point.join())
      .join(' '),
  ).toBe('0.5,-0.5 1.5,-0.5 1.5,-1.5 0.5,-1.5 0.5,0.5 1.5,0.5 1.5,-2.5 0.5,-2.5')
})
