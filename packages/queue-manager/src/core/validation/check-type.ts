import { PythonFloat, pyRepr, type TypeExpression } from '@beamtime/python-notation'
import { isPlainObject } from '../plain-object.ts'
import { scalarChecks } from './scalar-type.ts'
import { exact, gather, wrong, type TypeOutcome } from './type-outcome.ts'

/** Names that stand for a list of strings: `Motors` -> the motors of the annotation. */
export type NameLists = ReadonlyMap<string, ReadonlySet<string>>

/** Names of devices and plans go over the wire as strings and become objects in the worker. */
const objectTypes: ReadonlySet<string> = new Set([
  '__PLAN__',
  '__DEVICE__',
  '__READABLE__',
  '__MOVABLE__',
  '__FLYABLE__',
  '__PLAN_OR_DEVICE__',
  '__CALLABLE__',
])

const listTypes: ReadonlySet<string> = new Set([
  'list',
  'List',
  'Sequence',
  'MutableSequence',
  'Iterable',
  'Iterator',
  'Collection',
  'deque',
  'Deque',
  'set',
  'Set',
  'frozenset',
  'FrozenSet',
  'AbstractSet',
  'MutableSet',
])

const dictTypes: ReadonlySet<string> = new Set([
  'dict',
  'Dict',
  'Mapping',
  'MutableMapping',
  'OrderedDict',
  'DefaultDict',
  'defaultdict',
])

/**
 * Checks a JSON value against a Python type (queueserver contract, 11.2). A type that is neither built in nor a name
 * list accepts everything: only the worker could resolve it.
 */
export function checkType(type: TypeExpression, value: unknown, names: NameLists): TypeOutcome {
  switch (type.kind) {
    case 'name':
      return checkNamed(type.name, value, names)
    case 'subscript':
      return checkSubscript(type, value, names)
    case 'union':
      return checkUnion(type.members, value, names)
    case 'constant':
      return checkForwardReference(type.value, value, names)
    case 'list':
    case 'ellipsis':
      return exact
  }
}

/** `"Motors"` in quotes means the name itself. */
function checkForwardReference(reference: unknown, value: unknown, names: NameLists): TypeOutcome {
  return typeof reference === 'string' ? checkNamed(reference, value, names) : exact
}

/** Few names, asked for at each element of a list. */
const bareNames = new Map<string, string>()
const maxBareNames = 1000

function bareName(name: string): string {
  const known = bareNames.get(name)
  if (known !== undefined) return known
  const isTyping = /^(typing|typing_extensions|collections|collections\.abc|t)\./.test(name)
  const bare = isTyping ? name.slice(name.lastIndexOf('.') + 1) : name
  if (bareNames.size < maxBareNames) bareNames.set(name, bare)
  return bare
}

function checkNamed(name: string, value: unknown, names: NameLists): TypeOutcome {
  const list = names.get(name)
  if (list !== undefined) return checkListed(list, value)
  const bare = bareName(name)
  if (objectTypes.has(bare) || bare === 'Callable') return scalar('str', value)
  if (Object.hasOwn(scalarChecks, bare)) return scalar(bare, value)
  if (listTypes.has(bare) || bare === 'tuple' || bare === 'Tuple') return checkList(anyType, value, names)
  if (dictTypes.has(bare)) return isPlainObject(value) ? exact : notADict(value)
  return exact
}

const anyType: TypeExpression = { kind: 'name', name: 'typing.Any' }

function scalar(name: string, value: unknown): TypeOutcome {
  return scalarChecks[name]?.(value) ?? exact
}

function checkListed(list: ReadonlySet<string>, value: unknown): TypeOutcome {
  if (typeof value === 'string' && list.has(value)) return exact
  return wrong('enum', `Input should be ${alternatives(Array.from(list, (item) => pyRepr(item)))}`, value)
}

function alternatives(items: readonly string[]): string {
  if (items.length === 0) return 'one of an empty list'
  if (items.length === 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
}

type Subscript = Extract<TypeExpression, { kind: 'subscript' }>

function checkSubscript(type: Subscript, value: unknown, names: NameLists): TypeOutcome {
  const bare = bareName(type.name)
  const [first = anyType, second = anyType] = type.args
  if (bare === 'Union') return checkUnion(type.args, value, names)
  if (bare === 'Optional') return value === null ? exact : checkType(first, value, names)
  if (bare === 'Literal') return checkLiteral(type.args, value)
  if (bare === 'Annotated' || bare === 'Final' || bare === 'ClassVar') return checkType(first, value, names)
  if (bare === 'Callable') return scalar('str', value)
  if (bare === 'tuple' || bare === 'Tuple') return checkTuple(type.args, value, names)
  if (listTypes.has(bare)) return checkList(first, value, names)
  if (dictTypes.has(bare)) return checkDict({ key: first, item: second }, value, names)
  return exact
}

function checkUnion(members: readonly TypeExpression[], value: unknown, names: NameLists): TypeOutcome {
  const outcomes = members.map((member) => checkType(member, value, names))
  if (outcomes.some((outcome) => outcome.kind === 'exact')) return exact
  const conversion = outcomes.find((outcome) => outcome.kind === 'coerced')
  if (conversion !== undefined) return conversion
  const problems = outcomes.flatMap((outcome) => (outcome.kind === 'wrong' ? outcome.problems : []))
  return { kind: 'wrong', problems }
}

function checkLiteral(values: readonly TypeExpression[], value: unknown): TypeOutcome {
  const plain = value instanceof PythonFloat ? value.value : value
  const allowed = values.map((item) => (item.kind === 'constant' ? item.value : null))
  if (allowed.some((item) => item === plain)) return exact
  return wrong('literal_error', `Input should be ${alternatives(allowed.map((item) => pyRepr(item)))}`, value)
}

function checkList(item: TypeExpression, value: unknown, names: NameLists): TypeOutcome {
  if (!Array.isArray(value)) return wrong('list_type', 'Input should be a valid list', value)
  const outcomes: [number, TypeOutcome][] = []
  // A million elements are nothing unusual, so only what is not exact is kept.
  for (const [index, element] of (value as readonly unknown[]).entries()) {
    const outcome = checkType(item, element, names)
    if (outcome.kind !== 'exact') outcomes.push([index, outcome])
  }
  return outcomes.length === 0 ? exact : gather(outcomes)
}

function checkTuple(items: readonly TypeExpression[], value: unknown, names: NameLists): TypeOutcome {
  if (!Array.isArray(value)) return wrong('tuple_type', 'Input should be a valid tuple', value)
  const elements: readonly unknown[] = value
  const [first, second] = items
  if (first !== undefined && second?.kind === 'ellipsis') return checkList(first, value, names)
  if (elements.length > items.length) {
    const text = `Tuple should have at most ${items.length} items after validation, not ${elements.length}`
    return wrong('too_long', text, value)
  }
  return gather(
    items.map((item, index) => {
      if (index >= elements.length) return [index, wrong('missing', 'Field required', value)] as const
      return [index, checkType(item, elements[index], names)] as const
    }),
  )
}

function checkDict(
  types: { readonly key: TypeExpression; readonly item: TypeExpression },
  value: unknown,
  names: NameLists,
): TypeOutcome {
  if (!isPlainObject(value)) return notADict(value)
  const outcomes = Object.entries(value).flatMap(([key, item]) => [
    [key, accepted(checkType(types.key, key, names))] as const,
    [key, accepted(checkType(types.item, item, names))] as const,
  ])
  return gather(outcomes)
}

/** Inside dicts the queue server lets conversions pass: it compares the types of lists only. */
function accepted(outcome: TypeOutcome): TypeOutcome {
  return outcome.kind === 'coerced' ? exact : outcome
}

function notADict(value: unknown): TypeOutcome {
  return wrong('dict_type', 'Input should be a valid dictionary', value)
}
