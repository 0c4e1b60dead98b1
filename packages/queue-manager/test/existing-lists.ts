import type { WireDevice, WirePlan, WirePlanParameter } from '@beamtime/worker-host'

const kinds = {
  POSITIONAL_ONLY: 0,
  POSITIONAL_OR_KEYWORD: 1,
  VAR_POSITIONAL: 2,
  KEYWORD_ONLY: 3,
  VAR_KEYWORD: 4,
} as const

/** A parameter of a plan description, positional or keyword unless said otherwise. */
export function parameter(
  name: string,
  rest: Omit<Partial<WirePlanParameter>, 'kind' | 'name'> & { kind?: keyof typeof kinds } = {},
): WirePlanParameter {
  const { kind = 'POSITIONAL_OR_KEYWORD', ...others } = rest
  return { name, kind: { name: kind, value: kinds[kind] }, ...others }
}

export function plan(name: string, parameters: readonly WirePlanParameter[] = []): WirePlan {
  return { name, module: '__main__', properties: { is_generator: true }, parameters }
}

export const existingPlans: Readonly<Record<string, WirePlan>> = Object.fromEntries(
  [
    plan('count', [
      parameter('detectors', { annotation: { type: 'collections.abc.Sequence[__READABLE__]' } }),
      parameter('num', { annotation: { type: 'int' }, default: '1' }),
      parameter('delay', {
        annotation: { type: 'typing.Union[float, typing.Iterable[float]]' },
        default: '0.0',
      }),
      parameter('md', {
        annotation: { type: 'typing.Optional[dict]' },
        default: 'None',
        kind: 'KEYWORD_ONLY',
      }),
    ]),
    plan('move_then_count', [
      parameter('motors', {
        annotation: { type: 'typing.List[Motors]', devices: { Motors: ['motor1', 'motor2'] } },
      }),
      parameter('positions', {
        annotation: { type: 'typing.List[float]' },
        default: 'None',
        min: '-10',
        max: '10',
      }),
    ]),
    plan('scan', [parameter('args', { kind: 'VAR_POSITIONAL' }), parameter('num', { default: 'None' })]),
    plan('waits', [parameter('detectors', { default: '[]' })]),
    plan('fails'),
    plan('dies'),
    plan('refused'),
    plan('_hidden'),
  ].map((one) => [one.name, one]),
)

function device(
  traits: Partial<WireDevice> & { components?: Readonly<Record<string, WireDevice>> } = {},
): WireDevice {
  return {
    classname: 'Fake',
    module: 'fake',
    is_readable: true,
    is_movable: false,
    is_flyable: false,
    ...traits,
  }
}

export const existingDevices: Readonly<Record<string, WireDevice>> = {
  det: device(),
  det1: device({ components: { val: device() } }),
  det2: device(),
  det3: device(),
  motor1: device({ is_movable: true }),
  motor2: device({ is_movable: true }),
  flyer: device({ is_readable: false, is_flyable: true }),
  sim_stage: device({
    is_readable: false,
    components: {
      det: device({ components: { val: device() } }),
      mtrs: device({ components: { x: device({ is_movable: true }), y: device({ is_movable: true }) } }),
    },
  }),
  _hidden: device(),
}
