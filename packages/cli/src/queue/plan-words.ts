import { parsePyLiteral } from '@beamtime/python-notation'

/** What the manager tells about a plan, as far as the command line needs it. */
export interface PlanDescription {
  readonly name: string
  readonly description?: string
  readonly parameters?: readonly PlanParameterDescription[]
}

export interface PlanParameterDescription {
  readonly name: string
  readonly kind?: { readonly name: string }
  readonly annotation?: { readonly type?: string; readonly devices?: unknown }
  readonly default?: unknown
}

export interface DeviceDescription {
  readonly is_readable?: boolean
  readonly is_movable?: boolean
  readonly is_flyable?: boolean
}

export interface PlanWords {
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
}

/**
 * A word of the command line as a value: a number, JSON, a Python literal (`None`, `True`, `('a', 1)`), a
 * list of bare words (`[det1, det2]`), or the word itself.
 */
export function wordValue(word: string): unknown {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word)) return Number(word)
  const constant = constants.get(word)
  if (constant !== undefined) return constant.value
  if (!/^["'[{(]/.test(word)) return word
  const json = attempt(() => JSON.parse(word) as unknown)
  if (json.ok) return json.value
  const python = attempt(() => parsePyLiteral(word))
  if (python.ok) return python.value
  const bare = /^[[(]\s*([A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*)\s*,?\s*[\])]$/.exec(word)?.[1]
  return bare === undefined ? word : bare.split(',').map((part) => part.trim())
}

const constants: ReadonlyMap<string, { readonly value: unknown }> = new Map([
  ['true', { value: true }],
  ['True', { value: true }],
  ['false', { value: false }],
  ['False', { value: false }],
  ['null', { value: null }],
  ['None', { value: null }],
])

function attempt<T>(read: () => T): { readonly ok: true; readonly value: T } | { readonly ok: false } {
  try {
    return { ok: true, value: read() }
  } catch {
    return { ok: false } // the next notation is tried
  }
}

/** `name=value` as a pair; null when the word is none. `a==b` and words that start with a quote or bracket are values. */
export function wordPair(word: string): readonly [name: string, value: unknown] | null {
  const match = /^([A-Za-z_]\w*)=(?!=)(.*)$/s.exec(word)
  return match === null ? null : [match[1] ?? '', wordValue(match[2] ?? '')]
}

/**
 * Turns the words after a plan's name into its arguments, by the plan's own parameter list: a parameter that
 * takes a list of devices takes the device names that come next, so `scan det motor -1 1 21` means
 * `scan(['det'], 'motor', -1, 1, 21)`. Where a later parameter takes devices too, names of movable devices end
 * the list (its first name apart). Words `name=value` are keyword arguments.
 */
export function planArguments(
  words: readonly string[],
  plan: PlanDescription,
  devices: Readonly<Record<string, DeviceDescription>>,
): PlanWords {
  const kwargs: Record<string, unknown> = {}
  const values: unknown[] = []
  for (const word of words) {
    const pair = wordPair(word)
    if (pair === null) values.push(wordValue(word))
    else kwargs[pair[0]] = pair[1]
  }
  const positional = (plan.parameters ?? []).filter(isPositional)
  const args: unknown[] = []
  for (const [index, parameter] of positional.entries()) {
    if (values.length === 0 || isVariadic(parameter)) break
    if (!takesDeviceList(parameter)) {
      args.push(values.shift())
      continue
    }
    const isLast = !positional.slice(index + 1).some((later) => isVariadic(later) || takesDevices(later))
    args.push(takeDeviceList(values, devices, isLast))
  }
  return { args: [...args, ...values], kwargs }
}

/** Takes the leading device names off `values`; a value that is a list already is taken as it is. */
function takeDeviceList(
  values: unknown[],
  devices: Readonly<Record<string, DeviceDescription>>,
  takesAll: boolean,
): unknown {
  if (deviceOf(values[0], devices) === null) return values.shift()
  const names = [values.shift()]
  for (;;) {
    const device = deviceOf(values[0], devices)
    if (device === null || (!takesAll && device.is_movable === true)) return names
    names.push(values.shift())
  }
}

/** `det.x.y` is looked up as it is, then by its first part. */
function deviceOf(
  value: unknown,
  devices: Readonly<Record<string, DeviceDescription>>,
): DeviceDescription | null {
  if (typeof value !== 'string') return null
  const root = value.split('.')[0] ?? ''
  if (Object.hasOwn(devices, value)) return devices[value] ?? null
  return Object.hasOwn(devices, root) ? (devices[root] ?? null) : null
}

function isPositional(parameter: PlanParameterDescription): boolean {
  const kind = parameter.kind?.name ?? 'POSITIONAL_OR_KEYWORD'
  return kind === 'POSITIONAL_ONLY' || kind === 'POSITIONAL_OR_KEYWORD' || kind === 'VAR_POSITIONAL'
}

function isVariadic(parameter: PlanParameterDescription): boolean {
  return parameter.kind?.name === 'VAR_POSITIONAL'
}

const listType = /^(typing\.|collections\.abc\.)?(Sequence|List|list|Iterable|Collection|Tuple|tuple)\[/
const deviceType = /__(DEVICE|READABLE|MOVABLE|FLYABLE)__/

function takesDevices(parameter: PlanParameterDescription): boolean {
  const { annotation } = parameter
  return annotation?.devices !== undefined || deviceType.test(annotation?.type ?? '')
}

/** Plans without annotations: a parameter named detectors is a list of devices in every plan there is. */
function takesDeviceList(parameter: PlanParameterDescription): boolean {
  const type = parameter.annotation?.type
  if (type === undefined) return /^(detectors|dets|devices)$/.test(parameter.name)
  return takesDevices(parameter) && listType.test(type)
}
