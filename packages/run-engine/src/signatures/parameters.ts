import type { PlanParameter } from '../plan-signature.ts'

/* Parameters that many plans share. Types are those that the Python plans declare. */

const positional = 'POSITIONAL_OR_KEYWORD' as const
const keyword = 'KEYWORD_ONLY' as const

export const detectors: PlanParameter = {
  name: 'detectors',
  kind: positional,
  description: 'What is read at each point.',
  annotation: { type: 'collections.abc.Sequence[__READABLE__]' },
  convert_device_names: true,
}

export const md: PlanParameter = {
  name: 'md',
  kind: keyword,
  description: 'Further metadata of the run, by name.',
  annotation: { type: 'typing.Optional[dict[str, typing.Any]]' },
  default: null,
}

export const perStep: PlanParameter = {
  name: 'per_step',
  kind: keyword,
  description: 'A plan that replaces what is done at each point. Only from code.',
  default: null,
}

/** The *args of a plan that takes motors and values by turns. */
export function movesArgs(description: string): PlanParameter {
  return {
    name: 'args',
    kind: 'VAR_POSITIONAL',
    description,
    annotation: { type: 'typing.Union[__MOVABLE__, typing.Any]' },
    convert_device_names: true,
  }
}

export function motor(name: string, description: string): PlanParameter {
  return {
    name,
    kind: positional,
    description,
    annotation: { type: '__MOVABLE__' },
    convert_device_names: true,
  }
}

export function float(name: string, description: string, rest: Partial<PlanParameter> = {}): PlanParameter {
  return { name, kind: positional, description, annotation: { type: 'float' }, ...rest }
}

export function optionalFloat(
  name: string,
  description: string,
  rest: Partial<PlanParameter> = {},
): PlanParameter {
  return {
    name,
    kind: positional,
    description,
    annotation: { type: 'typing.Optional[float]' },
    default: null,
    ...rest,
  }
}

export function integer(name: string, description: string, rest: Partial<PlanParameter> = {}): PlanParameter {
  return { name, kind: positional, description, annotation: { type: 'int' }, ...rest }
}

export function boolean(name: string, description: string, rest: Partial<PlanParameter> = {}): PlanParameter {
  return { name, kind: positional, description, annotation: { type: 'bool' }, ...rest }
}

export function text(name: string, description: string, rest: Partial<PlanParameter> = {}): PlanParameter {
  return { name, kind: positional, description, annotation: { type: 'str' }, ...rest }
}
