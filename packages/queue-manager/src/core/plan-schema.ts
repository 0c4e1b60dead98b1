import {
  parsePyLiteral,
  parseTypeExpression,
  PythonNotationError,
  type TypeExpression,
} from '@beamtime/python-notation'
import type { WirePlan, WirePlanParameter } from '@beamtime/worker-host/client'
import type { PlainObject } from './plain-object.ts'

/**
 * JSON Schema (2020-12) of a plan's arguments by name, for forms and for clients that have no Python: an object with one
 * property a parameter, `*args` as an array, `**kwargs` as further properties. What has no form in JSON Schema (a type
 * that only the worker can resolve) is left open. `x-python-type` and `x-parameter-kind` keep what was declared;
 * `x-device-list` names the list of a property that takes names of devices.
 */
export function planSchema(plan: WirePlan): PlainObject {
  const properties: Record<string, PlainObject> = {}
  const required: string[] = []
  let further: PlainObject | boolean = false
  for (const parameter of plan.parameters) {
    const schema = parameterSchema(parameter)
    if (parameter.kind.name === 'VAR_KEYWORD') {
      further = schema
      continue
    }
    properties[parameter.name] =
      parameter.kind.name === 'VAR_POSITIONAL'
        ? { ...described(parameter), type: 'array', items: bare(schema) }
        : schema
    if (parameter.default === undefined && parameter.kind.name !== 'VAR_POSITIONAL')
      required.push(parameter.name)
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: plan.name,
    ...(plan.description === undefined ? {} : { description: plan.description }),
    type: 'object',
    properties,
    required,
    additionalProperties: further,
  }
}

function bare(schema: PlainObject): PlainObject {
  const { description: _description, 'x-parameter-kind': _kind, ...rest } = schema
  return rest
}

function described(parameter: WirePlanParameter): PlainObject {
  return {
    ...(parameter.description === undefined ? {} : { description: parameter.description }),
    'x-parameter-kind': parameter.kind.name,
  }
}

function parameterSchema(parameter: WirePlanParameter): PlainObject {
  const { annotation } = parameter
  const type = annotation === undefined ? null : parsedType(annotation.type)
  const lists = { ...annotation?.devices, ...annotation?.plans, ...annotation?.enums }
  const schema = type === null ? {} : typeSchema(type, lists)
  return {
    ...described(parameter),
    ...withLimits(schema, { minimum: literal(parameter.min), maximum: literal(parameter.max) }),
    ...(annotation === undefined ? {} : { 'x-python-type': annotation.type }),
    ...(parameter.default === undefined ? {} : { default: literal(parameter.default) ?? null }),
    ...(parameter.unit === undefined ? {} : { 'x-unit': parameter.unit }),
    ...(parameter.step === undefined ? {} : { 'x-step': literal(parameter.step) }),
  }
}

function parsedType(text: string): TypeExpression | null {
  try {
    return parseTypeExpression(text)
  } catch (error) {
    if (error instanceof PythonNotationError) return null
    throw error
  }
}

/** undefined when the text is absent or no literal. */
function literal(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return parsePyLiteral(text)
  } catch (error) {
    if (error instanceof PythonNotationError) return undefined
    throw error
  }
}

/** Limits hold for every number in the value, so they go down to the numbers. */
function withLimits(
  schema: PlainObject,
  limits: { readonly minimum: unknown; readonly maximum: unknown },
): PlainObject {
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => typeof value === 'number'))
  if (Object.keys(given).length === 0) return schema
  const { type, items, anyOf, additionalProperties } = schema
  if (type === 'integer' || type === 'number') return { ...schema, ...given }
  const below = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? withLimits(value as PlainObject, limits)
      : value
  return {
    ...schema,
    ...(items === undefined ? {} : { items: below(items) }),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(below) } : {}),
    ...(additionalProperties === undefined ? {} : { additionalProperties: below(additionalProperties) }),
  }
}

type NameLists = Readonly<Record<string, readonly string[]>>

const scalars: Readonly<Record<string, PlainObject>> = {
  int: { type: 'integer' },
  float: { type: 'number' },
  bool: { type: 'boolean' },
  str: { type: 'string' },
  None: { type: 'null' },
  NoneType: { type: 'null' },
  __CALLABLE__: { type: 'string' },
}

const objects: Readonly<Record<string, string>> = {
  __PLAN__: 'plan',
  __DEVICE__: 'device',
  __READABLE__: 'readable',
  __MOVABLE__: 'movable',
  __FLYABLE__: 'flyable',
  __PLAN_OR_DEVICE__: 'plan or device',
}

const arrays =
  /(^|\.)(list|List|Sequence|MutableSequence|Iterable|Iterator|Collection|deque|Deque|set|Set|frozenset|FrozenSet|AbstractSet|MutableSet)$/
const tables = /(^|\.)(dict|Dict|Mapping|MutableMapping|OrderedDict|DefaultDict|defaultdict)$/
const tuples = /(^|\.)[tT]uple$/

function typeSchema(type: TypeExpression, lists: NameLists): PlainObject {
  switch (type.kind) {
    case 'name':
      return namedSchema(type.name, lists)
    case 'subscript':
      return subscriptSchema(type, lists)
    case 'union':
      return { anyOf: type.members.map((member) => typeSchema(member, lists)) }
    case 'constant':
      return typeof type.value === 'string' ? namedSchema(type.value, lists) : {}
    case 'list':
    case 'ellipsis':
      return {}
  }
}

function namedSchema(name: string, lists: NameLists): PlainObject {
  const list = Object.hasOwn(lists, name) ? lists[name] : undefined
  if (list !== undefined) return { type: 'string', enum: list, 'x-device-list': name }
  if (Object.hasOwn(scalars, name)) return scalars[name] ?? {}
  if (Object.hasOwn(objects, name)) return { type: 'string', 'x-names': objects[name] }
  if (arrays.test(name) || tuples.test(name)) return { type: 'array' }
  return tables.test(name) ? { type: 'object' } : {}
}

function subscriptSchema(
  type: Extract<TypeExpression, { kind: 'subscript' }>,
  lists: NameLists,
): PlainObject {
  const { name, args } = type
  const [first, second] = args
  const schemas = args.map((arg) => typeSchema(arg, lists))
  const bareName = name.slice(name.lastIndexOf('.') + 1)
  if (bareName === 'Union') return { anyOf: schemas }
  if (bareName === 'Optional') return { anyOf: [...schemas, { type: 'null' }] }
  if (bareName === 'Literal') return { enum: args.map((arg) => (arg.kind === 'constant' ? arg.value : null)) }
  if (bareName === 'Annotated') return schemas[0] ?? {}
  if (bareName === 'Callable') return { type: 'string' }
  if (tuples.test(name)) {
    if (second?.kind === 'ellipsis' && first !== undefined) return { type: 'array', items: schemas[0] }
    return { type: 'array', prefixItems: schemas, minItems: schemas.length, maxItems: schemas.length }
  }
  if (arrays.test(name)) return { type: 'array', items: schemas[0] ?? {} }
  if (tables.test(name)) return { type: 'object', additionalProperties: schemas[1] ?? {} }
  return {}
}
