import type { Signal } from './signal.ts'
import { allOf, finishedStatus } from '../devices/status.ts'
import { compositeDevice } from './composite-device.ts'
import { directImage, type SimulatedDevice } from './direct-image.ts'
import { fileSignal, type FileSignal } from './file-signal.ts'
import { mockFlyer, trivialFlyer, type SimulatedFlyer } from './flyers.ts'
import { pseudoPositioner, type PseudoPositioner } from './pseudo-positioner.ts'
import type { Random } from './random.ts'
import { Signal as SignalDevice } from './signal.ts'
import { synAxis, type SynAxis } from './syn-axis.ts'
import { syn2DGauss, synGauss, type SynGauss } from './syn-gauss.ts'
import { invariantSignal, synPeriodicSignal, synSignal } from './syn-signals.ts'

/** The standard simulated devices, by name. */
export interface SimulatedHardware {
  readonly motor: SynAxis
  readonly motor1: SynAxis
  readonly motor2: SynAxis
  readonly motor3: SynAxis
  readonly jittery_motor1: SynAxis
  readonly jittery_motor2: SynAxis
  readonly motor_no_pos: SynAxis
  readonly motor_empty_hints1: SynAxis
  readonly motor_empty_hints2: SynAxis
  readonly motor_no_hints1: SynAxis
  readonly motor_no_hints2: SynAxis
  readonly det: SynGauss
  readonly identical_det: SynGauss
  readonly noisy_det: SynGauss
  readonly det1: SynGauss
  readonly det2: SynGauss
  readonly det3: SynGauss
  readonly det4: SynGauss
  readonly det5: SynGauss
  readonly flyer1: SimulatedFlyer
  readonly flyer2: SimulatedFlyer
  readonly trivial_flyer: SimulatedFlyer
  readonly new_trivial_flyer: SimulatedFlyer
  readonly ab_det: SimulatedDevice
  readonly det_with_conf: SimulatedDevice
  readonly det_with_count_time: SimulatedDevice
  readonly direct_img: SimulatedDevice
  readonly direct_img_list: SimulatedDevice
  readonly img: FileSignal
  readonly rand: Signal
  readonly rand2: Signal
  readonly sig: Signal
  readonly bool_sig: Signal
  readonly signal: Signal
  readonly invariant1: Signal
  readonly invariant2: Signal
  readonly pseudo1x3: PseudoPositioner
  readonly pseudo3x3: PseudoPositioner
}

export interface HardwareOptions {
  /** Source of all noise. Default Math.random. */
  readonly random?: Random
  /** Where `img` writes. Default: a new temporary folder, made when it is staged first. */
  readonly savePath?: string
}

/** A fresh set of simulated devices: the `hw()` of the Python world, same names, same numbers. */
export function createSimulatedDevices(options: HardwareOptions = {}): SimulatedHardware {
  const random = options.random ?? Math.random
  const motors = createMotors(random)
  const { motor, motor1, motor2, motor3, jittery_motor1, jittery_motor2 } = motors
  const det = synGauss('det', { motor, center: 0 }, { Imax: 1 })
  const ones = (): number[][] => Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => 1))
  return {
    ...motors,
    det,
    identical_det: synGauss('det', { motor, center: 0 }, { Imax: 1 }),
    noisy_det: synGauss(
      'noisy_det',
      { motor, center: 0 },
      { Imax: 1, noise: 'uniform', noiseMultiplier: 0.1, random },
    ),
    det1: synGauss('det1', { motor: motor1, center: 0 }, { Imax: 5, sigma: 0.5 }),
    det2: synGauss('det2', { motor: motor2, center: 1 }, { Imax: 2, sigma: 2 }),
    det3: synGauss('det3', { motor: motor3, center: -1 }, { Imax: 2, sigma: 1 }),
    det4: syn2DGauss('det4', { x: motor1, y: motor2, center: [0, 0] }, { Imax: 1 }),
    det5: syn2DGauss('det5', { x: jittery_motor1, y: jittery_motor2, center: [0, 0] }, { Imax: 1 }),
    flyer1: mockFlyer('flyer1', { detector: det, motor, start: 1, stop: 5, num: 20 }),
    flyer2: mockFlyer('flyer2', { detector: det, motor, start: 1, stop: 5, num: 10 }),
    trivial_flyer: trivialFlyer('trivial_flyer'),
    new_trivial_flyer: trivialFlyer('new_trivial_flyer', 'NewTrivialFlyer'),
    ...createDetectors(random),
    direct_img: directImage('img', ones),
    direct_img_list: directImage('direct_img_list', ones),
    img: fileSignal('img', {
      image: ones,
      ...(options.savePath === undefined ? {} : { savePath: options.savePath }),
    }),
    rand: synPeriodicSignal('rand', { random }),
    rand2: synPeriodicSignal('rand2', { random }),
    sig: new SignalDevice('sig', { value: 0 }),
    bool_sig: new SignalDevice('bool_sig', { value: false }),
    signal: synSignal('signal', () => 0),
    invariant1: invariantSignal('invariant1'),
    invariant2: invariantSignal('invariant2'),
    ...createPseudoPositioners(),
  }
}

function createMotors(
  random: Random,
): Pick<
  SimulatedHardware,
  | 'motor'
  | 'motor1'
  | 'motor2'
  | 'motor3'
  | 'jittery_motor1'
  | 'jittery_motor2'
  | 'motor_no_pos'
  | 'motor_empty_hints1'
  | 'motor_empty_hints2'
  | 'motor_no_hints1'
  | 'motor_no_hints2'
> {
  const jitter = (x: number): number => x + random()
  const emptyHints = { hints: {}, className: 'SynAxisEmptyHints' }
  const noHints = { hints: null, className: 'SynAxisNoHints', readsReadback: false }
  return {
    motor: synAxis('motor'),
    motor1: synAxis('motor1'),
    motor2: synAxis('motor2'),
    motor3: synAxis('motor3'),
    jittery_motor1: synAxis('jittery_motor1', { readbackFunc: jitter }),
    jittery_motor2: synAxis('jittery_motor2', { readbackFunc: jitter }),
    motor_no_pos: synAxis('motor', { hasPosition: false, className: 'SynAxisNoPosition' }),
    motor_empty_hints1: synAxis('motor1', emptyHints),
    motor_empty_hints2: synAxis('motor2', emptyHints),
    motor_no_hints1: synAxis('motor1', noHints),
    motor_no_hints2: synAxis('motor2', noHints),
  }
}

function createDetectors(
  random: Random,
): Pick<SimulatedHardware, 'ab_det' | 'det_with_conf' | 'det_with_count_time'> {
  const a = synSignal('det_a', random, { hinted: true })
  const b = synSignal('det_b', random)
  const confA = synSignal('det_a', () => 1, { hinted: true })
  const confB = synSignal('det_b', () => 2, { hinted: true })
  const intensity = synSignal('det_intensity', () => 0, { hinted: true })
  const countTime = new SignalDevice('det_count_time', {
    value: 0,
    hinted: false,
    dataKey: { dtype: 'number' },
  })
  return {
    ab_det: compositeDevice(
      { name: 'det', className: 'ABDetector', parts: { hinted: { a }, normal: { b } } },
      { trigger: () => allOf(a.trigger(), b.trigger()) },
    ),
    det_with_conf: compositeDevice(
      {
        name: 'det',
        className: 'DetWithConf',
        parts: {
          hinted: { a: confA, b: confB },
          config: { c: synSignal('det_c', () => 3), d: synSignal('det_d', () => 4) },
        },
      },
      { trigger: () => allOf(confA.trigger(), confB.trigger()) },
    ),
    det_with_count_time: compositeDevice(
      {
        name: 'det',
        className: 'DetWithCountTime',
        parts: { hinted: { intensity }, normal: { count_time: countTime } },
      },
      { trigger: finishedStatus, count_time: countTime },
    ),
  }
}

function createPseudoPositioners(): Pick<SimulatedHardware, 'pseudo1x3' | 'pseudo3x3'> {
  const limits = [-10, 10] as const
  return {
    pseudo1x3: pseudoPositioner('pseudo1x3', {
      className: 'SPseudo1x3',
      pseudo: [{ key: 'pseudo1', limits }],
      real: ['real1', 'real2', 'real3'],
      forward: ([p = 0]) => [-p, -p, -p],
    }),
    pseudo3x3: pseudoPositioner('pseudo3x3', {
      className: 'SPseudo3x3',
      pseudo: [
        { key: 'pseudo1', limits, egu: 'a' },
        { key: 'pseudo2', limits, egu: 'b' },
        { key: 'pseudo3', egu: 'c' },
      ],
      real: ['real1', 'real2', 'real3'],
      forward: (pseudo) => pseudo.map((p) => -p),
    }),
  }
}
