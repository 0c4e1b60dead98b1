/* Arithmetic on columns, parsed, never evaluated as script.
 *   formula = sum ; sum = product (('+' | '-') product)* ; product = power (('*' | '/') power)* ; power = unary ('^' power)?
 *   unary = '-' unary | atom ; atom = number | name | function '(' sum ')' | '(' sum ')' */
export type Formula =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly argument: Formula }
  | { readonly kind: 'negate'; readonly argument: Formula }
  | {
      readonly kind: 'binary'
      readonly operator: '+' | '-' | '*' | '/' | '^'
      readonly left: Formula
      readonly right: Formula
    }

export type ParsedFormula =
  | { readonly ok: true; readonly formula: Formula; readonly names: readonly string[] }
  | { readonly ok: false; readonly text: string }

const functions: Readonly<Record<string, (v: number) => number>> = {
  log: Math.log,
  log10: Math.log10,
  exp: Math.exp,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sin: Math.sin,
  cos: Math.cos,
}
const constants: Readonly<Record<string, number>> = { pi: Math.PI, π: Math.PI }
const tokenPattern =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_π][\w.:]*)|(\*\*|[-+*/^()]))/y

class FormulaSyntax extends Error {}

/** Reads a formula; `names` are the columns that it uses. At most 500 characters. */
export function parseFormula(text: string): ParsedFormula {
  try {
    const tokens = tokenise(text)
    const names = new Set<string>()
    const parser = { tokens, at: 0, names, depth: 0 }
    const formula = sum(parser)
    if (parser.at < tokens.length) throw new FormulaSyntax(`"${tokens[parser.at]}" is not expected here`)
    return { ok: true, formula, names: [...names] }
  } catch (error) {
    if (error instanceof FormulaSyntax) return { ok: false, text: error.message }
    throw error
  }
}

interface Parser {
  readonly tokens: readonly string[]
  at: number
  readonly names: Set<string>
  depth: number
}

function tokenise(text: string): readonly string[] {
  if (text.length > 500) throw new FormulaSyntax('longer than 500 characters')
  const tokens: string[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const from = tokenPattern.lastIndex
    const match = tokenPattern.exec(text)
    if (match === null) throw new FormulaSyntax(`"${text.slice(from).trim()}" cannot be read`)
    const token = match[1] ?? match[2] ?? match[3] ?? ''
    tokens.push(token === '**' ? '^' : token)
  }
  return tokens
}

function chain(
  parser: Parser,
  operators: readonly ('+' | '-' | '*' | '/')[],
  next: (p: Parser) => Formula,
): Formula {
  let left = next(parser)
  for (;;) {
    const operator = operators.find((candidate) => candidate === parser.tokens[parser.at])
    if (operator === undefined) return left
    parser.at += 1
    left = { kind: 'binary', operator, left, right: next(parser) }
  }
}

function sum(parser: Parser): Formula {
  return chain(parser, ['+', '-'], product)
}
function product(parser: Parser): Formula {
  return chain(parser, ['*', '/'], unary)
}
function unary(parser: Parser): Formula {
  parser.depth += 1
  if (parser.depth > 60) throw new FormulaSyntax('nested too deeply')
  try {
    if (parser.tokens[parser.at] === '-') {
      parser.at += 1
      return { kind: 'negate', argument: unary(parser) }
    }
    const base = atom(parser)
    if (parser.tokens[parser.at] !== '^') return base
    parser.at += 1
    return { kind: 'binary', operator: '^', left: base, right: unary(parser) }
  } finally {
    parser.depth -= 1
  }
}

function atom(parser: Parser): Formula {
  const token = parser.tokens[parser.at]
  if (token === undefined) throw new FormulaSyntax('something is missing at the end')
  parser.at += 1
  if (token === '(') return closed(parser)
  if (/^[\d.]/.test(token)) return { kind: 'number', value: Number(token) }
  if (!/^[A-Za-z_π]/.test(token)) throw new FormulaSyntax(`"${token}" is not expected here`)
  if (parser.tokens[parser.at] === '(' && Object.hasOwn(functions, token)) {
    parser.at += 1
    return { kind: 'call', name: token, argument: closed(parser) }
  }
  const constant = Object.hasOwn(constants, token) ? constants[token] : undefined
  if (constant !== undefined) return { kind: 'number', value: constant }
  parser.names.add(token)
  return { kind: 'name', name: token }
}

function closed(parser: Parser): Formula {
  const inner = sum(parser)
  if (parser.tokens[parser.at] !== ')') throw new FormulaSyntax('a ")" is missing')
  parser.at += 1
  return inner
}

/** Value for one row; `column` gives the value of a name. Division by zero gives NaN so that plots leave a gap. */
export function evaluateFormula(formula: Formula, column: (name: string) => number): number {
  switch (formula.kind) {
    case 'number':
      return formula.value
    case 'name':
      return column(formula.name)
    case 'negate':
      return -evaluateFormula(formula.argument, column)
    case 'call':
      return functions[formula.name]?.(evaluateFormula(formula.argument, column)) ?? Number.NaN
    case 'binary': {
      const value = apply(
        formula.operator,
        evaluateFormula(formula.left, column),
        evaluateFormula(formula.right, column),
      )
      return Number.isFinite(value) ? value : Number.NaN
    }
  }
}

function apply(operator: '+' | '-' | '*' | '/' | '^', a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '^':
      return a ** b
  }
}
