import { parseArgs } from 'node:util'
import { DaqError } from '../error.ts'

export interface ProgramOption {
  /** value: takes a word. flag: none. number: a word that is a number. */
  readonly takes: 'value' | 'number' | 'flag'
  readonly short?: string
  readonly default?: string
  readonly choices?: readonly string[]
  readonly help: string
}

export interface ProgramTable {
  readonly program: string
  readonly description: string
  readonly positionals: readonly {
    readonly name: string
    readonly help: string
    readonly isOptional?: boolean
  }[]
  readonly options: Readonly<Record<string, ProgramOption>>
}

export type ProgramValues = Readonly<Record<string, string | boolean | undefined>>

export type ParsedProgram =
  | { readonly kind: 'parsed'; readonly values: ProgramValues; readonly words: readonly string[] }
  | { readonly kind: 'help'; readonly text: string }

function misuse(table: ProgramTable, message: string): DaqError {
  return new DaqError({
    code: 'DAQ_SERVICE_INVALID',
    message: `${usageLine(table)}\n${table.program}: error: ${message}`,
    fault: 'caller',
    remedy: `See ${table.program} --help.`,
  })
}

/** Reads a command line as the Python programs of the same names do. Throws DAQ_SERVICE_INVALID with the usage. */
export function parseProgram(table: ProgramTable, args: readonly string[]): ParsedProgram {
  const options = Object.fromEntries(
    Object.entries(table.options).map(([name, { takes, short }]) => [
      name,
      {
        type: takes === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  let parsed: { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] }
  try {
    parsed = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
  } catch (error) {
    throw misuse(table, error instanceof Error ? error.message : String(error))
  }
  if (parsed.values['help'] === true) return { kind: 'help', text: helpText(table) }
  const words = parsed.positionals
  const needed = table.positionals.filter(({ isOptional }) => isOptional !== true)
  if (words.length < needed.length)
    throw misuse(
      table,
      `the following arguments are required: ${needed
        .slice(words.length)
        .map(({ name }) => name)
        .join(', ')}`,
    )
  if (words.length > table.positionals.length)
    throw misuse(table, `unrecognized arguments: ${words.slice(table.positionals.length).join(' ')}`)
  const values = Object.fromEntries(
    Object.entries(table.options).map(([name, option]) => [
      name,
      valueOf(table, { name, option, given: parsed.values[name] }),
    ]),
  )
  return { kind: 'parsed', values, words }
}

function valueOf(
  table: ProgramTable,
  { name, option, given }: { readonly name: string; readonly option: ProgramOption; readonly given: unknown },
): string | boolean | undefined {
  if (option.takes === 'flag') return given === true
  const value = typeof given === 'string' ? given : option.default
  if (value === undefined) return undefined
  if (option.choices !== undefined && !option.choices.includes(value))
    throw misuse(
      table,
      `argument --${name}: invalid choice: '${value}' (choose from ${option.choices.join(', ')})`,
    )
  if (option.takes === 'number' && (value.trim() === '' || !Number.isFinite(Number(value))))
    throw misuse(table, `argument --${name}: '${value}' is not a number`)
  return value
}

/** A text option that has a default. */
export function textValue(values: ProgramValues, name: string): string {
  const value = values[name]
  return typeof value === 'string' ? value : ''
}

/** A number option; undefined where it was not given and has no default. */
export function numberValue(values: ProgramValues, name: string): number | undefined {
  const value = values[name]
  return typeof value === 'string' ? Number(value) : undefined
}

function usageLine({ program, options, positionals }: ProgramTable): string {
  const parts = Object.entries(options).map(([name, { takes }]) =>
    takes === 'flag' ? `[--${name}]` : `[--${name} ${name.toUpperCase()}]`,
  )
  const words = positionals.map(({ name, isOptional }) => (isOptional === true ? `[${name}]` : name))
  return `usage: ${[program, '[-h]', ...parts, ...words].join(' ')}`
}

function helpText(table: ProgramTable): string {
  const line = (names: string, help: string): string => `  ${names.padEnd(28)} ${help}`
  return [
    usageLine(table),
    '',
    table.description,
    '',
    ...(table.positionals.length === 0 ? [] : ['positional arguments:']),
    ...table.positionals.map(({ name, help }) => line(name, help)),
    'options:',
    line('-h, --help', 'show this help message and exit'),
    ...Object.entries(table.options).map(([name, { short, help, default: standard }]) =>
      line(
        `${short === undefined ? '' : `-${short}, `}--${name}`,
        standard === undefined ? help : `${help} (default: ${standard})`,
      ),
    ),
    '',
  ].join('\n')
}
