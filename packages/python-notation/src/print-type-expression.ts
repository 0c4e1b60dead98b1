import { pyRepr } from './repr.ts'
import type { TypeExpression } from './type-expression.ts'

/** Writes the expression in Python's own spelling; `parseTypeExpression` reads it back to the same tree. */
export function printTypeExpression(expression: TypeExpression): string {
  switch (expression.kind) {
    case 'name':
      return expression.name
    case 'subscript':
      return `${expression.name}[${expression.args.length === 0 ? '()' : printAll(expression.args)}]`
    case 'union':
      return expression.members.map(printTypeExpression).join(' | ')
    case 'list':
      return `[${printAll(expression.items)}]`
    case 'constant':
      return pyRepr(expression.value)
    case 'ellipsis':
      return '...'
  }
}

function printAll(items: readonly TypeExpression[]): string {
  return items.map(printTypeExpression).join(', ')
}
