import type { FormField, FormModel, QueueItem } from '@beamtime/http-gateway/ui-types'

/** One argument of an item with the field of the form that it belongs to. */
export interface ItemPart {
  readonly field: FormField | undefined
  readonly name: string
  readonly value: unknown
}

/** Arguments of an item sorted into the places of its plan's form; without a form everything is in `rest`. */
export interface ItemParts {
  /** Positional and named fields in the order of the form. */
  readonly fields: readonly ItemPart[]
  /** Rows of the `*args` table. */
  readonly rows: readonly (readonly ItemPart[])[]
  /** Positional arguments without a place. */
  readonly rest: readonly unknown[]
}

export function itemParts(item: Pick<QueueItem, 'args' | 'kwargs'>, model: FormModel | undefined): ItemParts {
  const args = [...(item.args ?? [])]
  const [head, tail] = [model?.fields ?? [], model?.varargs?.tail ?? []]
  const fields: ItemPart[] = takeFields(args, head)
  const rows = takeRows(args, model)
  fields.push(...takeFields(args, tail))
  const known = [...head, ...tail]
  for (const [name, value] of Object.entries(item.kwargs ?? {}))
    fields.push({ field: known.find((field) => field.name === name), name, value })
  return { fields, rows, rest: args }
}

/** Takes one argument for each positional field. */
function takeFields(args: unknown[], fields: readonly FormField[]): ItemPart[] {
  return fields
    .filter((field) => field.pass === 'args')
    .slice(0, args.length)
    .map((field) => ({ field, name: field.name, value: args.shift() }))
}

/** Takes whole rows off the front of `args`: each begins with the name of a device. */
function takeRows(args: unknown[], model: FormModel | undefined): readonly (readonly ItemPart[])[] {
  const varargs = model?.varargs
  const rows: (readonly ItemPart[])[] = []
  if (varargs === undefined || varargs.literal) return rows
  while (typeof args[0] === 'string') {
    const pattern = rows.length === 0 ? withoutFirst(varargs) : varargs.pattern
    if (args.length < pattern.length) break
    const values = args.splice(0, pattern.length)
    rows.push(pattern.map((field, i) => ({ field, name: field.name, value: values[i] })))
  }
  return rows
}

function withoutFirst(varargs: NonNullable<FormModel['varargs']>): readonly FormField[] {
  return varargs.pattern.filter((field) => !varargs.notInFirst.includes(field.name))
}
