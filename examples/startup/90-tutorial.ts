// Devices, plans and functions that tutorials and tests of queue clients expect.

import { setTimeout as delay } from 'node:timers/promises'
import {
  Signal,
  annotatePlan,
  bundle,
  compositeDevice,
  count,
  finishedStatus,
  mockFlyer,
  mv,
  runDecorator,
  setRunKeyDecorator,
  sleep,
  synAxis,
  synGauss,
  triggerAndRead,
  type CountOptions,
  type Device,
  type Movable,
  type Plan,
} from '@beamtime/run-engine'
import { det, det1, det2, motor, motor1, motor2 } from './00-standard-devices.ts'

export const custom_test_device = compositeDevice(
  { name: 'custom_test_device', className: 'Device', parts: {} },
  { trigger: finishedStatus },
)
export const custom_test_signal = new Signal('custom_test_signal')
export const custom_test_flyer = mockFlyer('custom_test_flyer', {
  detector: det,
  motor,
  start: 1,
  stop: 5,
  num: 20,
})

/** Three axes and two detectors, as one device with parts of parts: `sim_bundle_A.mtrs.x`. */
function simBundle(name: string): Device {
  const peak = { Imax: 5, sigma: 0.5 }
  return bundle(
    name,
    {
      mtrs: (part) => simStage(part),
      dets: (part) =>
        bundle(
          part,
          {
            det_A: (child) => synGauss(child, { motor: motor1, center: 0 }, peak),
            det_B: (child) => synGauss(child, { motor: motor2, center: 0 }, peak),
          },
          'SimDetectors',
        ),
    },
    'SimBundle',
  )
}

function simStage(name: string): Device {
  const axis = (child: string): ReturnType<typeof synAxis> => synAxis(child)
  const stage = bundle(name, { x: axis, y: axis, z: axis }, 'SimStage')
  return Object.assign(stage, {
    set(x: number, y: number, z: number) {
      stage.x.set(x)
      stage.y.set(y)
      return stage.z.set(z)
    },
  })
}

export const sim_bundle_A = simBundle('sim_bundle_A')
export const sim_bundle_B = simBundle('sim_bundle_B')

const num = {
  name: 'num',
  kind: 'POSITIONAL_OR_KEYWORD',
  description: 'Number of readings.',
  annotation: { type: 'int' },
  default: 1,
} as const

export const marked_up_count = annotatePlan(
  function* (
    ...[detectors, n = 1, wait = null, md = null]: [
      detectors: readonly Device[],
      num?: number,
      delay?: number | null,
      md?: Readonly<Record<string, unknown>> | null,
    ]
  ): Plan {
    return yield* count(detectors, n, wait, { md })
  },
  {
    name: 'marked_up_count',
    description: 'Take readings of detectors; a count whose parameters are annotated by hand.',
    parameters: [
      {
        name: 'detectors',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'What is read.',
        annotation: { type: 'typing.List[typing.Any]' },
        convert_device_names: true,
      },
      num,
      {
        name: 'delay',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Time from one reading to the next.',
        annotation: { type: 'typing.Optional[float]' },
        default: null,
        unit: 's',
      },
      {
        name: 'md',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Further metadata of the run, by name.',
        annotation: { type: 'typing.Optional[typing.Dict[str, typing.Any]]' },
        default: null,
      },
    ],
    estimate: ({ num: n }) => ({ points: typeof n === 'number' ? n : 1 }),
  },
)

export const move_then_count = annotatePlan(
  function* (
    ...[motors, detectors = [det1, det2], positions = []]: [
      motors: readonly Movable[],
      detectors?: readonly Device[],
      positions?: readonly number[],
    ]
  ): Plan {
    if (motors.length !== positions.length) {
      throw new TypeError(
        `The lists of 'motors' and 'positions' should have the same number of elements: len(motors) = ${motors.length}, len(positions) = ${positions.length}`,
      )
    }
    yield* mv(...motors.flatMap((axis, i) => [axis, positions[i]]))
    return yield* count(detectors)
  },
  {
    name: 'move_then_count',
    description: 'Move motors into positions; then count dets.',
    parameters: [
      {
        name: 'motors',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'List of motors to be moved into specified positions before the measurement',
        annotation: { type: 'typing.List[Motors]', devices: { Motors: ['motor1', 'motor2'] } },
      },
      {
        name: 'detectors',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Detectors to use for measurement.',
        annotation: { type: 'typing.List[Detectors]', devices: { Detectors: ['det1', 'det2', 'det3'] } },
        default: ['det1', 'det2'],
      },
      {
        name: 'positions',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Motor positions. The number of positions must be equal to the number of the motors.',
        annotation: { type: 'typing.List[float]' },
        default: null,
        min: -10,
        max: 10,
        step: 0.01,
      },
    ],
  },
)

export const count_bundle_test = annotatePlan(
  function* (
    ...[detectors, n = 1, wait = null, options = {}]: [
      detectors: readonly Device[],
      num?: number,
      delay?: number | null,
      options?: CountOptions,
    ]
  ): Plan {
    return yield* count(detectors, n, wait, options)
  },
  {
    name: 'count_bundle_test',
    description: 'Take readings of detectors or of parts of the simulated bundles.',
    parameters: [
      {
        name: 'detectors',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'What is read.',
        annotation: {
          type: 'typing.List[DetList]',
          devices: { DetList: ['det', 'det1', 'det2', 'det3', ':+^sim_bundle:?.*$'] },
        },
      },
      { name: 'num', kind: 'POSITIONAL_OR_KEYWORD', description: 'Number of readings.', default: 1 },
      {
        name: 'delay',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Seconds between readings.',
        default: null,
      },
      { name: 'per_shot', kind: 'KEYWORD_ONLY', default: null },
      { name: 'md', kind: 'KEYWORD_ONLY', description: 'Further metadata.', default: null },
    ],
    estimate: ({ num: n }) => ({ points: typeof n === 'number' ? n : 1 }),
  },
)

function* innerPoints(points: number, pause: number): Plan<void> {
  for (let j = 0; j < points; j++) {
    yield* mv(motor1, j * 0.1 + 1, motor2, j * 0.2 - 2)
    yield* triggerAndRead([motor1, motor2, det2])
    yield* sleep(pause)
  }
}

const innerRun = setRunKeyDecorator('run_2')(runDecorator()(innerPoints))

function* outerPoints(points: readonly [from: number, to: number], pause: number): Plan<void> {
  for (let j = points[0]; j < points[1]; j++) {
    yield* mv(motor, j * 0.2)
    yield* triggerAndRead([motor, det])
    yield* sleep(pause)
  }
}

function* nestedRuns(npts: number, pause = 1): Plan<void> {
  const half = Math.trunc(npts / 2)
  yield* outerPoints([0, half], pause)
  yield* innerRun(npts + 1, pause)
  yield* outerPoints([half, npts], pause)
}

export const sim_multirun_plan_nested = annotatePlan(
  setRunKeyDecorator('run_1')(runDecorator()(nestedRuns)),
  {
    name: 'sim_multirun_plan_nested',
    description: 'Simulated multi-run plan: two nested runs. The plan is included for testing purposes only.',
    parameters: [
      {
        name: 'npts',
        kind: 'POSITIONAL_OR_KEYWORD',
        description:
          "The number of measurements in the outer run. Inner run will contain 'npts+1' measurements.",
        annotation: { type: 'int' },
        min: 0,
      },
      {
        name: 'delay',
        kind: 'POSITIONAL_OR_KEYWORD',
        description: 'Delay between measurements.',
        annotation: { type: 'float' },
        default: 1,
        min: 0,
        unit: 's',
      },
    ],
  },
)

// Functions that are neither plans nor devices can be executed as tasks.

export async function function_sleep(time: number): Promise<{ success: boolean; time: number }> {
  console.log("******** Starting execution of the function 'function_sleep' **************")
  console.log(`*******************   Waiting for ${time} seconds **************************`)
  await delay(time * 1000)
  console.log("******** Finished execution of the function 'function_sleep' **************")
  return { success: true, time }
}

const buffer: unknown[] = []

export function push_buffer_element(element: unknown): void {
  console.log("******** Executing the function 'push_buffer_element' **************")
  buffer.push(element)
}

export function pop_buffer_element(): unknown {
  console.log("******** Executing the function 'pop_buffer_element' **************")
  if (buffer.length === 0) throw new RangeError('pop from empty list')
  return buffer.shift()
}

export function clear_buffer(): void {
  console.log("******** Executing the function 'clear_buffer' **************")
  buffer.length = 0
}
