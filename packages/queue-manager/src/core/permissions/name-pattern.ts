import { QueueManagerError } from '../../error.ts'
import { pythonRegExp } from './python-regex.ts'

/* Entry of allowed_* and forbidden_* lists (queueserver contract, section 10; blanks are removed first):
 *   name                      det1, sim_stage.mtrs.x
 *   [TYPE]:c1:c2:...[:depth=N]
 * c = [prefix] regular expression for one level of the device tree, prefix
 *   + or none   matching names are included, their children examined with the next component
 *   -           matching names are not included, their children are examined
 *   ?           expression for the dotted rest of the name, last component, at most N levels
 */

const deviceTypes = ['', '__READABLE__', '__FLYABLE__', '__DETECTOR__', '__MOTOR__'] as const
export type DeviceType = (typeof deviceTypes)[number]

type PatternComponent =
  | { readonly kind: 'level'; readonly matches: (name: string) => boolean; readonly include: boolean }
  /** `depth` in levels, Infinity = all. */
  | { readonly kind: 'full'; readonly matches: (name: string) => boolean; readonly depth: number }

export interface NamePattern {
  readonly type: DeviceType
  readonly components: readonly PatternComponent[]
}

/** Parses an entry of a device list. Throws QUEUE_PATTERN_MALFORMED. */
export function parseDevicePattern(text: string): NamePattern {
  const pattern = text.replaceAll(/\s/g, '')
  if (pattern === '') throw malformed(`Name pattern '${text}' is an empty string`)
  if (!pattern.includes(':')) return { type: '', components: exactComponents(pattern) }
  const [type = '', ...parts] = pattern.split(':')
  const known = deviceTypes.find((name) => name === type)
  if (known === undefined) {
    const supported = `Supported types: ('', '__READABLE__', '__FLYABLE__', '__DETECTOR__', '__MOTOR__')`
    throw malformed(`Device type '${type}' is not supported. Name pattern: '${pattern}'. ${supported}`)
  }
  const depth = takeDepth(parts, pattern)
  if (parts.length === 0 || parts.some((part) => part === '' || /^[+?-]+$/.test(part))) {
    throw malformed(`Name pattern '${pattern}' contains empty components`)
  }
  const components = parts.map((part, index) => {
    return component(part, { pattern, last: index === parts.length - 1, depth })
  })
  if (depth !== null && components.at(-1)?.kind !== 'full') {
    throw malformed(
      `Depth specification 'depth=${depth}' in '${pattern}' has incorrect format: it needs a '?' component`,
    )
  }
  return { type: known, components }
}

/** Parses an entry of a plan or function list. Throws QUEUE_PATTERN_MALFORMED. */
export function parseNamePattern(text: string): (name: string) => boolean {
  const pattern = text.replaceAll(/\s/g, '')
  if (pattern === '') throw malformed(`Name pattern '${text}' is an empty string`)
  if (!pattern.includes(':')) {
    checkName(pattern)
    return (name) => name === pattern
  }
  const parts = pattern.split(':')
  const [type, expression = ''] = parts
  if (type !== '' || parts.length !== 2) {
    throw malformed(`Name pattern '${pattern}' must have the form ':<regular expression>'`)
  }
  const body = expression.replace(/^[+?-]+/, '')
  if (body === '') throw malformed(`Name pattern '${pattern}' contains empty components`)
  return matcher(body, pattern)
}

function exactComponents(pattern: string): PatternComponent[] {
  checkName(pattern)
  const names = pattern.split('.')
  if (names.includes('')) throw malformed(`Name pattern '${pattern}' contains empty components`)
  return names.map((name, index) => ({
    kind: 'level',
    matches: (candidate) => candidate === name,
    include: index === names.length - 1,
  }))
}

/** Hyphens are ours: names of devices in other facilities' software contain them. */
function checkName(pattern: string): void {
  if (!/^[_a-zA-Z0-9.-]+$/.test(pattern))
    throw malformed(`Name pattern '${pattern}' contains invalid characters`)
}

function takeDepth(parts: string[], pattern: string): number | null {
  const last = parts.at(-1)
  if (last === undefined || !last.startsWith('depth')) return null
  const digits = /^depth=([1-9]\d*)$/.exec(last)?.[1]
  if (digits === undefined)
    throw malformed(`Depth specification '${last}' in '${pattern}' has incorrect format`)
  parts.pop()
  return Number(digits)
}

interface ComponentPlace {
  readonly pattern: string
  readonly last: boolean
  readonly depth: number | null
}

function component(part: string, place: ComponentPlace): PatternComponent {
  const prefix = /^[+-]?\??/.exec(part)?.[0] ?? ''
  const matches = matcher(part.slice(prefix.length), place.pattern)
  if (!prefix.includes('?')) return { kind: 'level', matches, include: place.last || !prefix.startsWith('-') }
  if (!place.last)
    throw malformed(`Full name regular expression '${part}' must be the last: '${place.pattern}'`)
  return { kind: 'full', matches, depth: place.depth ?? Number.POSITIVE_INFINITY }
}

function matcher(expression: string, pattern: string): (name: string) => boolean {
  const compiled = pythonRegExp(expression)
  if (compiled === null) {
    throw malformed(`Name pattern '${pattern}' contains invalid regular expression '${expression}'`)
  }
  return (name) => compiled.test(name)
}

function malformed(message: string): QueueManagerError {
  return new QueueManagerError({
    code: 'QUEUE_PATTERN_MALFORMED',
    message,
    fault: 'caller',
    remedy: 'Correct the entry of the user group permissions.',
  })
}
