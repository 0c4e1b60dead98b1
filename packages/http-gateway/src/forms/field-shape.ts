import { PythonNotationError, parseTypeExpression } from '@beamtime/python-notation'
import type { TypeExpression } from '@beamtime/python-notation'
import type { FormField } from '../ui-types.ts'
import type { ParameterDescription } from './plan-description.ts'

/** What a type says about a field, without its name and place. */
export type FieldShape = Pick<
  FormField,
  'kind' | 'nullable' | 'options' | 'trait' | 'item' | 'variants' | 'unique'
>

/** Lists of names that a type may refer to. */
export type NameLists = Pick<ParameterDescription, 'devices' | 'plans' | 'enums'>

const literal: FieldShape = { kind: 'literal' }

const partLabels: Readonly<Record<FormField['kind'], string>> = {
  integer: 'whole number',
  number: 'number',
  boolean: 'yes or no',
  text: 'text',
  select: 'choice',
  device: 'device',
  plan: 'plan',
  'plan-or-device': 'plan or device',
  expression: 'expression',
  list: 'list',
  tuple: 'values',
  dict: 'key and value',
  union: 'one of',
  literal: 'value',
}

/** Reads an annotation; what cannot be read or is not known becomes a free literal. */
export function fieldShape(type: string | null, names: NameLists): FieldShape {
  if (type === null) return literal
  try {
    return shapeOf(parseTypeExpression(type), names)
  } catch (error) {
    if (error instanceof PythonNotationError) return literal
    throw error
  }
}

function shapeOf(type: TypeExpression, names: NameLists): FieldShape {
  switch (type.kind) {
    case 'name':
      return namedShape(type.name, names)
    case 'subscript':
      return subscriptShape(type.name, type.args, names)
    case 'union':
      return unionShape(type.members, names)
    case 'constant':
      // A quoted forward reference is the type that it names.
      return typeof type.value === 'string' ? fieldShape(type.value, names) : literal
    case 'list':
    case 'ellipsis':
      return literal
  }
}

const simpleShapes: Readonly<Record<string, FieldShape>> = {
  int: { kind: 'integer' },
  float: { kind: 'number' },
  bool: { kind: 'boolean' },
  str: { kind: 'text' },
  None: { kind: 'literal', nullable: true },
  __DEVICE__: { kind: 'device', trait: 'any' },
  __READABLE__: { kind: 'device', trait: 'readable' },
  __MOVABLE__: { kind: 'device', trait: 'movable' },
  __FLYABLE__: { kind: 'device', trait: 'flyable' },
  __PLAN__: { kind: 'plan' },
  __PLAN_OR_DEVICE__: { kind: 'plan-or-device' },
  __CALLABLE__: { kind: 'expression' },
  Readable: { kind: 'device', trait: 'readable' },
  Movable: { kind: 'device', trait: 'movable' },
  NamedMovable: { kind: 'device', trait: 'movable' },
  Flyable: { kind: 'device', trait: 'flyable' },
  Callable: { kind: 'expression' },
  list: { kind: 'list', item: plainItem() },
  tuple: { kind: 'list', item: plainItem() },
  set: { kind: 'list', item: plainItem(), unique: true },
  dict: { kind: 'dict', item: plainItem() },
}

/** One name a concept: `typing.List`, `List`, `collections.abc.Sequence` and `list` mean one form. */
const sameAs: Readonly<Record<string, string>> = {
  List: 'list',
  Sequence: 'list',
  MutableSequence: 'list',
  Iterable: 'list',
  Iterator: 'list',
  Collection: 'list',
  Container: 'list',
  Tuple: 'tuple',
  Set: 'set',
  AbstractSet: 'set',
  MutableSet: 'set',
  FrozenSet: 'set',
  frozenset: 'set',
  Dict: 'dict',
  Mapping: 'dict',
  MutableMapping: 'dict',
  OrderedDict: 'dict',
  Configurable: '__DEVICE__',
  Triggerable: '__DEVICE__',
  Locatable: '__DEVICE__',
  Stageable: '__DEVICE__',
  Pausable: '__DEVICE__',
  Stoppable: '__DEVICE__',
  Subscribable: '__DEVICE__',
  Checkable: '__DEVICE__',
}

function conceptOf(name: string): string {
  const last = name.slice(name.lastIndexOf('.') + 1)
  return sameAs[last] ?? last
}

function namedShape(name: string, names: NameLists): FieldShape {
  // A list of names with the same name as a special type takes its meaning away.
  if (names.devices[name] !== undefined) return { kind: 'device', trait: 'any', options: names.devices[name] }
  if (names.plans[name] !== undefined) return { kind: 'plan', options: names.plans[name] }
  if (names.enums[name] !== undefined) return { kind: 'select', options: names.enums[name] }
  const concept = conceptOf(name)
  return Object.hasOwn(simpleShapes, concept) ? (simpleShapes[concept] ?? literal) : literal
}

function subscriptShape(name: string, args: readonly TypeExpression[], names: NameLists): FieldShape {
  const [first] = args
  switch (conceptOf(name)) {
    case 'list':
      return { kind: 'list', item: itemField(first, names) }
    case 'set':
      return { kind: 'list', item: itemField(first, names), unique: true }
    case 'tuple':
      return tupleShape(args, names)
    case 'dict':
      return { kind: 'dict', item: itemField(args[1], names) }
    case 'Optional':
      return first === undefined ? literal : { ...shapeOf(first, names), nullable: true }
    case 'Union':
      return unionShape(args, names)
    case 'Annotated':
      return first === undefined ? literal : shapeOf(first, names)
    case 'Literal':
      return literalShape(args)
    case 'Callable':
      return { kind: 'expression' }
    default:
      return literal
  }
}

function tupleShape(args: readonly TypeExpression[], names: NameLists): FieldShape {
  const [first, second] = args
  if (second?.kind === 'ellipsis') return { kind: 'list', item: itemField(first, names) }
  return {
    kind: 'tuple',
    variants: args.map((arg, at) => partField(`${at + 1}`, shapeOf(arg, names))),
  }
}

/** `Literal['a', 'b']`: texts are a pick list; anything else is typed in, because a select has texts only. */
function literalShape(args: readonly TypeExpression[]): FieldShape {
  const values = args.flatMap((arg) => (arg.kind === 'constant' ? [arg.value] : []))
  const nullable = args.some((arg) => arg.kind === 'name' && arg.name === 'None')
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length === 0 || texts.length < values.length) return nullable ? { ...literal, nullable } : literal
  return { kind: 'select', options: texts, ...(nullable ? { nullable } : {}) }
}

function unionShape(members: readonly TypeExpression[], names: NameLists): FieldShape {
  const isNone = (member: TypeExpression): boolean =>
    member.kind === 'name' && conceptOf(member.name) === 'None'
  const nullable = members.some(isNone)
  const shapes = distinct(members.filter((member) => !isNone(member)).map((member) => shapeOf(member, names)))
  const shape = mergedShape(shapes)
  return nullable || shape.nullable === true ? { ...shape, nullable: true } : shape
}

function mergedShape(shapes: readonly FieldShape[]): FieldShape {
  const [first] = shapes
  if (first === undefined) return literal
  if (shapes.length === 1) return first
  const kinds = new Set(shapes.map((shape) => shape.kind))
  if ([...kinds].every((kind) => kind === 'integer' || kind === 'number')) return { kind: 'number' }
  if (kinds.has('literal')) return literal
  if (kinds.size === 2 && kinds.has('device') && kinds.has('plan')) return { kind: 'plan-or-device' }
  return { kind: 'union', variants: shapes.map((shape) => partField(shape.kind, shape)) }
}

function distinct(shapes: readonly FieldShape[]): readonly FieldShape[] {
  return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()]
}

function itemField(type: TypeExpression | undefined, names: NameLists): FormField {
  return type === undefined ? plainItem() : partField('', shapeOf(type, names))
}

function plainItem(): FormField {
  return partField('', { kind: 'literal' })
}

/** A field inside another: an element, a place of a tuple, a choice of a union. */
export function partField(name: string, shape: FieldShape): FormField {
  return {
    name,
    label: partLabels[shape.kind],
    help: '',
    required: true,
    pass: 'args',
    advanced: false,
    ...shape,
  }
}
