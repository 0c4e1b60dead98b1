import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldShape } from '../src/forms/field-shape.ts'
import { formModel } from '../src/forms/form-model.ts'
import { readPlan } from '../src/forms/plan-description.ts'

const names = {
  devices: { Motors: ['m1', 'm2'], __READABLE__: ['only'] },
  plans: { Plans: ['count'] },
  enums: { Mode: ['fast', 'slow'] },
}
const none = { devices: {}, plans: {}, enums: {} }

/** Annotation, then the kind and what else matters of the field. */
const annotations: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['int', { kind: 'integer' }],
  ['float', { kind: 'number' }],
  ['bool', { kind: 'boolean' }],
  ['str', { kind: 'text' }],
  ['None', { kind: 'literal', nullable: true }],
  ['typing.Any', { kind: 'literal' }],
  ['object', { kind: 'literal' }],
  ['some.unknown.Class', { kind: 'literal' }],
  ['__DEVICE__', { kind: 'device', trait: 'any' }],
  ['__READABLE__', { kind: 'device', trait: 'readable' }],
  ['__MOVABLE__', { kind: 'device', trait: 'movable' }],
  ['__FLYABLE__', { kind: 'device', trait: 'flyable' }],
  ['__PLAN__', { kind: 'plan' }],
  ['__PLAN_OR_DEVICE__', { kind: 'plan-or-device' }],
  ['__CALLABLE__', { kind: 'expression' }],
  ['bluesky.protocols.Readable', { kind: 'device', trait: 'readable' }],
  ['bluesky.protocols.NamedMovable', { kind: 'device', trait: 'movable' }],
  ['bluesky.protocols.Triggerable', { kind: 'device', trait: 'any' }],
  ['typing.Callable', { kind: 'expression' }],
  ['collections.abc.Callable[[int], str]', { kind: 'expression' }],
  ['list', { kind: 'list', item: { kind: 'literal' } }],
  ['List[float]', { kind: 'list', item: { kind: 'number' } }],
  ['typing.List[int]', { kind: 'list', item: { kind: 'integer' } }],
  ['list[str]', { kind: 'list', item: { kind: 'text' } }],
  ['collections.abc.Sequence[__READABLE__]', { kind: 'list', item: { kind: 'device', trait: 'readable' } }],
  ['typing.Iterable[typing.Any]', { kind: 'list', item: { kind: 'literal' } }],
  ['set[int]', { kind: 'list', unique: true, item: { kind: 'integer' } }],
  ['typing.Set[str]', { kind: 'list', unique: true, item: { kind: 'text' } }],
  ['tuple[int, ...]', { kind: 'list', item: { kind: 'integer' } }],
  ['typing.Tuple[float, float]', { kind: 'tuple', variants: [{ kind: 'number' }, { kind: 'number' }] }],
  ['tuple[__MOVABLE__, int]', { kind: 'tuple', variants: [{ kind: 'device' }, { kind: 'integer' }] }],
  ['dict', { kind: 'dict', item: { kind: 'literal' } }],
  ['dict[str, float]', { kind: 'dict', item: { kind: 'number' } }],
  ['typing.Dict[str, typing.Any]', { kind: 'dict', item: { kind: 'literal' } }],
  ['collections.abc.Mapping[str, int]', { kind: 'dict', item: { kind: 'integer' } }],
  ['typing.Optional[int]', { kind: 'integer', nullable: true }],
  ['int | None', { kind: 'integer', nullable: true }],
  ['None | list[float]', { kind: 'list', nullable: true, item: { kind: 'number' } }],
  ['typing.Union[int, float]', { kind: 'number' }],
  ['typing.Union[int, str]', { kind: 'union', variants: [{ kind: 'integer' }, { kind: 'text' }] }],
  ['float | str | None', { kind: 'union', nullable: true, variants: [{ kind: 'number' }, { kind: 'text' }] }],
  ['bool | list[__MOVABLE__]', { kind: 'union', variants: [{ kind: 'boolean' }, { kind: 'list' }] }],
  ['typing.Union[__PLAN__, __DEVICE__]', { kind: 'plan-or-device' }],
  ['typing.Union[int, typing.Any]', { kind: 'literal' }],
  ["typing.Literal['a', 'b']", { kind: 'select', options: ['a', 'b'] }],
  ["typing.Literal['a', None]", { kind: 'select', options: ['a'], nullable: true }],
  ['typing.Literal[1, 2]', { kind: 'literal' }],
  ['typing.Annotated[int, 5]', { kind: 'integer' }],
  ["'float'", { kind: 'number' }],
  ['', { kind: 'literal' }],
  ['List[', { kind: 'literal' }],
]

test.each(annotations)('the annotation %s gives its field', (type, expected) => {
  expect(fieldShape(type, none)).toMatchObject(expected)
})

test('lists of names become pick lists and take the meaning of special types away', () => {
  expect(fieldShape('typing.List[Motors]', names)).toMatchObject({
    kind: 'list',
    item: { kind: 'device', options: ['m1', 'm2'] },
  })
  expect(fieldShape('__READABLE__', names)).toMatchObject({ kind: 'device', options: ['only'] })
  expect(fieldShape('Plans', names)).toMatchObject({ kind: 'plan', options: ['count'] })
  expect(fieldShape('typing.Optional[Mode]', names)).toMatchObject({
    kind: 'select',
    options: ['fast', 'slow'],
    nullable: true,
  })
})

test('no annotation text makes the form fail', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.mixedCase(fc.constantFrom('list[int', 'Union[a,b]', '[[['))),
      (type) => {
        expect(fieldShape(type, names).kind).toBeTypeOf('string')
      },
    ),
  )
})

const positional = { name: 'POSITIONAL_OR_KEYWORD', value: 1 }
const scan = {
  name: 'scan',
  description: 'Scan over one multi-motor trajectory.',
  parameters: [
    { name: 'detectors', kind: positional, annotation: { type: 'collections.abc.Sequence[__READABLE__]' } },
    { name: 'args', kind: { name: 'VAR_POSITIONAL', value: 2 } },
    {
      name: 'num',
      kind: { name: 'KEYWORD_ONLY', value: 3 },
      default: 'None',
      annotation: { type: 'int | None' },
    },
    {
      name: 'per_step',
      kind: { name: 'KEYWORD_ONLY', value: 3 },
      default: 'None',
      annotation: { type: '__CALLABLE__' },
    },
    {
      name: 'md',
      kind: { name: 'KEYWORD_ONLY', value: 3 },
      default: 'None',
      annotation: { type: 'dict[str, typing.Any] | None' },
    },
  ],
}

test('a scan has detectors first, a table of axes and the number of points', () => {
  const form = formModel(readPlan('scan', scan))
  expect(
    form.fields.map((field) => [field.name, field.kind, field.pass, field.required, field.advanced]),
  ).toEqual([
    ['detectors', 'list', 'args', true, false],
    ['num', 'integer', 'kwargs', true, false],
    ['per_step', 'expression', 'kwargs', false, true],
    ['md', 'dict', 'kwargs', false, true],
  ])
  expect(form.varargs).toMatchObject({ label: 'Axes', literal: false, min: 1, tail: [] })
  expect(form.varargs?.pattern.map((field) => [field.name, field.kind])).toEqual([
    ['motor', 'device'],
    ['start', 'number'],
    ['stop', 'number'],
  ])
  expect(form).toMatchObject({ title: 'Scan', group: 'Scans' })
})

test('grid scans, list scans and moves have the columns of their kind', () => {
  const columnsOf = (name: string, more: readonly unknown[] = []): readonly string[] => {
    const parameters = [{ name: 'args', kind: { name: 'VAR_POSITIONAL', value: 2 } }, ...more]
    return formModel(readPlan(name, { parameters })).varargs?.pattern.map((field) => field.name) ?? []
  }
  const snakeAxes = { name: 'snake_axes', kind: { name: 'KEYWORD_ONLY', value: 3 }, default: 'None' }
  expect(columnsOf('grid_scan', [snakeAxes])).toEqual(['motor', 'start', 'stop', 'num'])
  expect(columnsOf('grid_scan')).toEqual(['motor', 'start', 'stop', 'num', 'snake'])
  expect(columnsOf('rel_list_scan')).toEqual(['motor', 'positions'])
  expect(columnsOf('mv')).toEqual(['motor', 'target'])
  expect(columnsOf('my_own_plan')).toEqual(['value'])
})

test('an unknown plan is understood by the words that describe its arguments', () => {
  const kind = { name: 'VAR_POSITIONAL', value: 2 }
  const described = (description: string): readonly string[] =>
    formModel(readPlan('x', { parameters: [{ name: 'args', kind, description }] })).varargs?.pattern.map(
      (field) => field.name,
    ) ?? []
  expect(described('For one dimension, motor, start, stop. In general: motor1, start1, stop1')).toEqual([
    'motor',
    'start',
    'stop',
  ])
  expect(described('motor1, start1, stop1, num1, motor2, start2, stop2, num2')).toEqual([
    'motor',
    'start',
    'stop',
    'num',
  ])
})

test('defaults are values where JSON has one, and text always', () => {
  const parameters = ['1', "'abc'", "['det1']", 'None', 'True', 'inf', "{'a': 1.5}", 'object()'].map(
    (text, at) => ({
      name: `p${at}`,
      kind: positional,
      default: text,
    }),
  )
  const { fields } = formModel(readPlan('x', { parameters }))
  expect(fields.map((field) => [field.default, field.defaultText])).toEqual([
    [1, '1'],
    ['abc', "'abc'"],
    [['det1'], "['det1']"],
    [null, 'None'],
    [true, 'True'],
    [undefined, 'inf'],
    [{ a: 1.5 }, "{'a': 1.5}"],
    [undefined, 'object()'],
  ])
})

test('bounds are numbers, and further keyword arguments have a grid', () => {
  const parameters = [
    {
      name: 'x',
      kind: positional,
      min: '-10',
      max: '10',
      step: '0.01',
      unit: 'mm',
      annotation: { type: 'float' },
    },
    { name: 'extra', kind: { name: 'VAR_KEYWORD', value: 4 } },
  ]
  const form = formModel(readPlan('x', { parameters }))
  expect(form.fields[0]).toMatchObject({ min: -10, max: 10, step: 0.01, unit: 'mm' })
  expect(form.kwargs).toMatchObject({ kind: 'dict', pass: 'kwargs' })
})

test('a description that is not one makes an empty form', () => {
  for (const value of [null, 5, [], { parameters: 'x' }, { parameters: [1, null, {}] }])
    expect(formModel(readPlan('odd', value)).name).toBe('odd')
})
