import type { PythonFloat } from './python-float.ts'
import { readTokens, type TokenReader } from './token-reader.ts'

export type TypeExpression =
  /** `int`, `typing.Any`, `__READABLE__`, `bluesky.protocols.Readable`, `None` (also for `NoneType`). */
  | { readonly kind: 'name'; readonly name: string }
  /** `typing.List[int]`, `dict[str, float]`, `tuple[()]` has no args. */
  | { readonly kind: 'subscript'; readonly name: string; readonly args: readonly TypeExpression[] }
  /** `int | None`. `typing.Union[...]` stays a subscript. */
  | { readonly kind: 'union'; readonly members: readonly TypeExpression[] }
  /** `[int, str]` as the first argument of `Callable`. */
  | { readonly kind: 'list'; readonly items: readonly TypeExpression[] }
  /** A value inside `typing.Literal[...]`, or a quoted forward reference. */
  | {
      readonly kind: 'constant'
      readonly value: string | number | bigint | boolean | PythonFloat | Uint8Array
    }
  | { readonly kind: 'ellipsis' }

/**
 * Reads a Python type annotation as it stands in a plan's description, e.g. `collections.abc.Sequence[__READABLE__]`.
 * Throws PythonNotationError (PYTHON_TYPE_MALFORMED, PYTHON_NESTING_TOO_DEEP). Names are not resolved.
 */
export function parseTypeExpression(text: string): TypeExpression {
  const reader = readTokens(text, 'PYTHON_TYPE_MALFORMED')
  const expression = readUnion(reader)
  if (reader.peek().kind !== 'end') throw reader.fail()
  return expression
}

function readUnion(reader: TokenReader): TypeExpression {
  const members = [readPrimary(reader)]
  while (reader.takes('|')) members.push(readPrimary(reader))
  const [only] = members
  if (only !== undefined && members.length === 1) return only
  return {
    kind: 'union',
    members: members.flatMap((member) => (member.kind === 'union' ? member.members : [member])),
  }
}

function readPrimary(reader: TokenReader): TypeExpression {
  const token = reader.next()
  switch (token.kind) {
    case 'name':
      return readNamed(token.text, reader)
    case 'string':
    case 'bytes':
    case 'number':
      return { kind: 'constant', value: token.value }
    case 'mark':
      return readMarked(token.text, reader)
    case 'end':
      throw reader.fail('unexpected end')
  }
}

function readMarked(mark: string, reader: TokenReader): TypeExpression {
  switch (mark) {
    case '...':
      return { kind: 'ellipsis' }
    case '[':
      return reader.deeper(() => ({ kind: 'list', items: readArguments(reader) }))
    case '(':
      return reader.deeper(() => {
        const inner = readUnion(reader)
        reader.expect(')')
        return inner
      })
    case '-':
      return negative(reader)
    default:
      throw reader.fail(`unexpected '${mark}'`)
  }
}

function negative(reader: TokenReader): TypeExpression {
  const token = reader.next()
  if (token.kind !== 'number' || typeof token.value === 'object') throw reader.fail('expected an integer')
  return { kind: 'constant', value: typeof token.value === 'bigint' ? -token.value : 0 - token.value }
}

function readNamed(first: string, reader: TokenReader): TypeExpression {
  let name = first
  while (reader.takes('.')) {
    const part = reader.next()
    if (part.kind !== 'name') throw reader.fail('expected a name')
    name += `.${part.text}`
  }
  if (name === 'True' || name === 'False') return { kind: 'constant', value: name === 'True' }
  if (!reader.takes('[')) return { kind: 'name', name: name === 'NoneType' ? 'None' : name }
  return reader.deeper(() => {
    if (reader.takes('(')) return emptyTuple(name, reader)
    const args = readArguments(reader)
    if (args.length === 0) throw reader.fail('expected a type')
    return { kind: 'subscript', name, args }
  })
}

/** `tuple[()]` is the type of the empty tuple; `tuple[(int)]` is legal too. */
function emptyTuple(name: string, reader: TokenReader): TypeExpression {
  if (reader.takes(')')) {
    reader.expect(']')
    return { kind: 'subscript', name, args: [] }
  }
  const items = [readUnion(reader)]
  while (reader.takes(',')) items.push(readUnion(reader))
  reader.expect(')')
  reader.expect(']')
  return { kind: 'subscript', name, args: items }
}

function readArguments(reader: TokenReader): TypeExpression[] {
  const args: TypeExpression[] = []
  while (!reader.takes(']')) {
    args.push(readUnion(reader))
    if (!reader.takes(',')) {
      reader.expect(']')
      break
    }
  }
  return args
}
