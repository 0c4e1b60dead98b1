import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  parseTypeExpression,
  printTypeExpression,
  PythonNotationError,
  type TypeExpression,
} from '../src/index.ts'

test.each([
  'int',
  'typing.Any',
  'collections.abc.Sequence[__READABLE__]',
  'typing.Dict[str, typing.List[float]]',
  'typing.Union[int, str, None]',
  'int | None | list[str]',
  "typing.Literal['a', 1, True, None]",
  'collections.abc.Callable[[int, str], typing.Any]',
  'collections.abc.Callable[..., None]',
  'tuple[()]',
  'tuple[int, ...]',
])('%s prints as it was written', (text) => {
  expect(printTypeExpression(parseTypeExpression(text))).toBe(text)
})

test('NoneType is None and blanks do not matter', () => {
  expect(parseTypeExpression(' typing . Optional[ NoneType ] ')).toEqual({
    kind: 'subscript',
    name: 'typing.Optional',
    args: [{ kind: 'name', name: 'None' }],
  })
})

test.each(['', 'int[', 'int]', '[', 'a..b', 'a.', 'int |', '1 2', 'List[int]]', 'f(x)', 'a[]', '*'])(
  '%j is refused',
  (text) => {
    expect(() => parseTypeExpression(text)).toThrow(PythonNotationError)
  },
)

test('deep nesting is refused', () => {
  expect(() => parseTypeExpression(`${'a['.repeat(5000)}b${']'.repeat(5000)}`)).toThrow(
    /PYTHON_NESTING_TOO_DEEP/,
  )
})

const names = fc.constantFrom('int', 'str', 'typing.Any', '__MOVABLE__', 'None', 'Motors')
const { expression } = fc.letrec<{ expression: TypeExpression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    names.map((name): TypeExpression => ({ kind: 'name', name })),
    fc
      .tuple(
        fc.constantFrom('list', 'typing.Dict'),
        fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, args]): TypeExpression => ({ kind: 'subscript', name, args })),
    fc.array(names, { minLength: 2, maxLength: 3 }).map((members): TypeExpression => ({
      kind: 'union',
      members: members.map((name) => ({ kind: 'name', name })),
    })),
    fc.oneof(fc.string(), fc.integer()).map((value): TypeExpression => ({ kind: 'constant', value })),
  ),
}))

test('a printed expression reads back to the same tree', () => {
  fc.assert(
    fc.property(expression, (tree) => {
      expect(parseTypeExpression(printTypeExpression(tree))).toEqual(tree)
    }),
    { numRuns: 500 },
  )
})

test('arbitrary text never does more than throw the error of this package', () => {
  const alphabet = fc.string({
    unit: fc.constantFrom('a', '.', '[', ']', '|', ',', ' ', '(', ')', "'", '1', '-', '\\', '_', '"', 'é'),
  })
  fc.assert(
    fc.property(fc.oneof(alphabet, fc.string({ unit: 'binary' })), (text) => {
      try {
        parseTypeExpression(text)
      } catch (error) {
        expect(error).toBeInstanceOf(PythonNotationError)
      }
    }),
    { numRuns: 3000 },
  )
})
