import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  Signal,
  bundle,
  createSimulatedDevices,
  deviceTraits,
  findDevice,
  isDevice,
  poissonSample,
  seededRandom,
  simMotor,
  simPointDetector,
  simStage,
  standardDevices,
  synAxis,
  textOf,
  type Device,
  type StatusLike,
} from '../../src/index.ts'
import { moveProfile } from '../../src/simulated/move-profile.ts'
import { npyBytes } from '../../src/simulated/npy.ts'

function done(status: StatusLike): Promise<StatusLike> {
  return new Promise((resolve) => status.addCallback(resolve))
}

test('detectors at rest have the golden values', () => {
  const hw = createSimulatedDevices()
  const value = (device: typeof hw.det): unknown => device.val.get()
  // numpy's exp and ours may differ in the last bit.
  const expected = [1, 5, 1.7649938051691907, 1.2130613194252668]
  for (const [i, device] of [hw.det, hw.det1, hw.det2, hw.det3].entries()) {
    expect(value(device)).toBeCloseTo(expected[i] ?? 0, 14)
  }
})

test('det sees the peak when it is triggered, not before', async () => {
  const { det, motor } = createSimulatedDevices()
  await done(motor.set(1))
  expect(det.val.get()).toBe(1)
  det.trigger()
  expect(det.val.get()).toBe(0.6065306597126334)
  await done(motor.set(0.5))
  det.trigger()
  expect(det.val.get()).toBe(0.8824969025845955)
})

test('each call makes fresh devices', async () => {
  const [a, b] = [createSimulatedDevices(), createSimulatedDevices()]
  await done(a.motor.set(3))
  expect([a.motor.position, b.motor.position]).toEqual([3, 0])
})

test('an axis with a delay moves in steps and tells about them', async () => {
  const axis = synAxis('x', { delayS: 0.04, eventsPerMove: 4 })
  const seen: unknown[] = []
  const status = axis.set(8)
  status.watch?.((update) => seen.push(update.current))
  expect(axis.read()).toMatchObject({ x: { value: 0 }, x_setpoint: { value: 8 } })
  await done(status)
  expect(seen).toEqual([2, 4, 6])
  expect(axis.position).toBe(8)
})

test('a stopped axis stays where it is and its status succeeds', async () => {
  const axis = synAxis('x', { delayS: 10 })
  const status = axis.set(8)
  axis.stop()
  expect(status.success).toBe(true)
  expect(axis.position).toBe(0)
})

test('lists know what a device can do and what it is made of', () => {
  const hw = standardDevices()
  const traits = (name: string): unknown => {
    const device = findDevice(hw, name)
    return device === null ? null : deviceTraits(device)
  }
  expect(traits('motor')).toMatchObject({
    readable: true,
    movable: true,
    flyable: false,
    classname: 'SynAxis',
  })
  expect(traits('det')).toMatchObject({ readable: true, movable: false, classname: 'SynGauss' })
  expect(traits('flyer1')).toMatchObject({ readable: false, flyable: true, classname: 'MockFlyer' })
  expect(traits('motor.velocity')).toMatchObject({ movable: true, classname: 'Signal' })
  expect(traits('motor.nothing')).toBeNull()
  expect(traits('nothing.motor')).toBeNull()
  expect(Object.keys(deviceTraits(hw['motor'] as Device).components)).toEqual([
    'readback',
    'setpoint',
    'velocity',
    'acceleration',
    'unused',
  ])
  for (const device of Object.values(hw)) expect(isDevice(device)).toBe(true)
})

test('texts of devices are those of the Python ones', () => {
  const { motor, sig } = createSimulatedDevices()
  expect(textOf(motor)).toBe(
    "SynAxis(prefix='', name='motor', read_attrs=['readback', 'setpoint'], configuration_attrs=['velocity', 'acceleration'])",
  )
  expect(textOf(sig)).toBe("Signal(name='sig')")
  expect(textOf([null, true, 'a', 1.5])).toBe("[None, True, 'a', 1.5]")
})

test('signals refuse what they cannot be', () => {
  const choice = new Signal('mode', { value: 'a', enumStrings: ['a', 'b'] })
  const limited = new Signal('x', { limits: [0, 1] })
  const fixed = new Signal('y', { readOnly: true })
  expect(() => choice.set('c')).toThrow('one of a, b')
  expect(() => limited.set(2)).toThrow('within 0 and 1')
  expect(() => limited.set(Number.NaN)).toThrow('DEVICE_LIMITS')
  expect(() => fixed.set(1)).toThrow('DEVICE_READ_ONLY')
})

test('a motor speeds up and slows down, and never leaves its way', () => {
  const positive = fc.double({ min: 0.01, max: 100, noNaN: true })
  const position = fc.double({ min: -100, max: 100, noNaN: true })
  fc.assert(
    fc.property(
      position,
      position,
      positive,
      fc.double({ min: 0, max: 2, noNaN: true }),
      (start, target, velocity, accelerationTimeS) => {
        const profile = moveProfile({ start, target, velocity, accelerationTimeS })
        const [low, high] = [Math.min(start, target), Math.max(start, target)]
        let before = start
        for (let i = 0; i <= 20; i++) {
          const at = profile.positionAt((profile.durationS * i) / 20)
          expect(at).toBeGreaterThanOrEqual(low - 1e-6)
          expect(at).toBeLessThanOrEqual(high + 1e-6)
          expect((at - before) * Math.sign(target - start)).toBeGreaterThanOrEqual(-1e-6)
          before = at
        }
        expect(profile.positionAt(profile.durationS)).toBeCloseTo(target, 6)
      },
    ),
  )
})

test('a short move never reaches full velocity', () => {
  const profile = moveProfile({ start: 0, target: 0.1, velocity: 10, accelerationTimeS: 0.5 })
  expect(profile.durationS).toBeCloseTo(2 * Math.sqrt((0.1 * 0.5) / 10), 12)
  expect(profile.positionAt(profile.durationS / 2)).toBeCloseTo(0.05, 12)
})

test('a simulated motor takes its time, tells how far it is, and can be stopped half way', async () => {
  const motor = simMotor('th', { units: 'deg', velocity: 1, accelerationTimeS: 0, limits: [-5, 5] })
  const fractions: number[] = []
  const status = motor.set(0.2)
  status.watch?.((update) => fractions.push(update.fraction ?? -1))
  await done(status)
  expect(motor.position).toBe(0.2)
  expect(fractions[0]).toBeGreaterThan(0.9)
  const second = motor.set(3)
  setTimeout(() => motor.stop(), 50)
  await done(second)
  expect(motor.position).toBeGreaterThan(0.2)
  expect(motor.position).toBeLessThan(1)
  expect(motor.locate()).toEqual({ setpoint: motor.position, readback: motor.position })
  expect(() => motor.set(6)).toThrow('th cannot go to 6: it must be within -5 and 5')
})

test('a motor stopped in an emergency fails its move', async () => {
  const motor = simMotor('th', { velocity: 1 })
  const status = motor.set(5)
  motor.stop(false)
  expect(status.exception()).toMatchObject({ code: 'DEVICE_STOPPED' })
})

test('a motor flies from start to end at even speed', async () => {
  const motor = simMotor('th', { velocity: 100, accelerationTimeS: 0.01 })
  await done(motor.prepare({ start: 0, end: 1, time: 0.05 }))
  expect(motor.position).toBeLessThan(0)
  await done(motor.kickoff())
  await done(motor.complete())
  expect(motor.position).toBeGreaterThan(1)
  expect(() => motor.prepare({ start: 0 })).toThrow('start, end and a time')
  expect(() => simMotor('x').kickoff()).toThrow('must be prepared')
})

test('the point detector counts the golden pattern', async () => {
  const stage = simStage('stage')
  const detector = simPointDetector('pd', { x: stage.x, y: stage.y, acquireTimeS: 0.02 })
  await done(stage.x.set(1))
  await done(stage.y.set(0.5))
  await done(detector.trigger())
  const p = (channel: number): number =>
    Math.trunc(((Math.sin(1) ** channel + Math.cos(0.5 + 10) + 2) / 4) * 10_000 * 0.02)
  expect(Object.values(detector.read()).map((reading) => reading.value)).toEqual([p(1), p(2), p(3)])
  expect(Object.keys(detector.describe())).toEqual([1, 2, 3].map((i) => `pd-channel-${i}-value`))
})

test('a bundle is read, described and stopped as one, and its parts know it', async () => {
  const device = bundle('b', { x: (name) => synAxis(name), y: (name) => synAxis(name) })
  expect(Object.keys(await device.read())).toEqual(['b_x', 'b_x_setpoint', 'b_y', 'b_y_setpoint'])
  expect(device.hints).toEqual({ fields: ['b_x', 'b_y'] })
  expect(device.x.parent).toBe(device)
})

test('pseudo-positioners move their real axes and keep to their limits', async () => {
  const { pseudo1x3, pseudo3x3 } = createSimulatedDevices()
  pseudo1x3.set(3)
  expect(pseudo1x3.read()).toMatchObject({
    pseudo1x3_pseudo1: { value: 3 },
    pseudo1x3_real1: { value: -3 },
    pseudo1x3_real3: { value: -3 },
  })
  expect(() => pseudo3x3.set(11, 0, 0)).toThrow('DEVICE_LIMITS')
  const axis = findDevice({ pseudo3x3 }, 'pseudo3x3.pseudo2')
  expect(axis).toMatchObject({ name: 'pseudo3x3_pseudo2', parent: pseudo3x3, egu: 'b' })
})

test('noise repeats for the same seed and has the right mean', () => {
  const draw = (seed: number): number[] => {
    const random = seededRandom(seed)
    return Array.from({ length: 2000 }, () => poissonSample(8, random))
  }
  expect(draw(1)).toEqual(draw(1))
  const counts = draw(2)
  expect(counts.reduce((a, b) => a + b) / counts.length).toBeCloseTo(8, 0)
  expect(poissonSample(0)).toBe(0)
  expect(poissonSample(Number.NaN)).toBe(0)
})

test('saved images are .npy files', () => {
  const bytes = npyBytes([
    [1, 2],
    [3, 4],
  ])
  expect(bytes.slice(0, 6)).toEqual(new Uint8Array([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]))
  expect(new DataView(bytes.buffer).getUint16(8, true) % 64).toBe(54)
  expect(new Float64Array(bytes.slice(-32).buffer)).toEqual(new Float64Array([1, 2, 3, 4]))
})
