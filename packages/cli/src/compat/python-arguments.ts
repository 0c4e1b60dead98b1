/**
 * Command lines as Python's argparse reads them: `--option value` and `--option=value`, options between positionals,
 * negative numbers as values, unique abbreviations of long options, exit code 2 with usage on a mistake.
 */
export interface ArgumentOption {
  /** Long name first: `['--zmq-control-addr', '-a']`. */
  readonly flags: readonly [string, ...string[]]
  /** value: one word. list: one word or more. flag: none. */
  readonly takes: 'value' | 'list' | 'flag'
  readonly choices?: readonly string[]
  /** Options of one group exclude each other. */
  readonly group?: string
  readonly help: string
}

export interface ArgumentTable<Name extends string> {
  readonly program: string
  readonly description: string
  readonly options: Readonly<Record<Name, ArgumentOption>>
  /** Name of the positional words; null = none are accepted, else at least one is needed. */
  readonly positional: { readonly name: string; readonly help: string } | null
  readonly epilog?: string
}

export type ArgumentValues<Name extends string> = Readonly<
  Partial<Record<Name, string | readonly string[] | true>>
>

export type ParsedArguments<Name extends string> =
  | {
      readonly kind: 'parsed'
      readonly options: ArgumentValues<Name>
      readonly words: readonly string[]
    }
  | { readonly kind: 'help'; readonly text: string }
  /** To be written to stderr before exit code 2. */
  | { readonly kind: 'misuse'; readonly text: string }

const number = /^-\d+$|^-\d*\.\d+$/

export function parseArguments<Name extends string>(
  table: ArgumentTable<Name>,
  args: readonly string[],
): ParsedArguments<Name> {
  try {
    return new ArgumentReader(table).read(args)
  } catch (error) {
    if (!(error instanceof Misuse)) throw error
    return {
      kind: 'misuse',
      text: `${usageLine(table)}\n${table.program}: error: ${error.message}\n`,
    }
  }
}

class Misuse extends Error {}

class ArgumentReader<Name extends string> {
  readonly #table: ArgumentTable<Name>
  readonly #byFlag = new Map<string, Name>()
  readonly #found = new Map<Name, string | readonly string[] | true>()
  readonly #words: string[] = []

  constructor(table: ArgumentTable<Name>) {
    this.#table = table
    for (const [name, option] of entriesOf(table))
      for (const flag of option.flags) this.#byFlag.set(flag, name)
  }

  read(args: readonly string[]): ParsedArguments<Name> {
    const rest = [...args]
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      if (word === '-h' || word === '--help') return { kind: 'help', text: helpText(this.#table) }
      if (word === '--') {
        this.#words.push(...rest.splice(0))
      } else if (isOption(word)) this.#option(word, rest)
      else this.#words.push(word)
    }
    const { positional } = this.#table
    if (positional === null && this.#words.length > 0) {
      throw new Misuse(`unrecognized arguments: ${this.#words.join(' ')}`)
    }
    if (positional !== null && this.#words.length === 0) {
      throw new Misuse(`the following arguments are required: ${positional.name}`)
    }
    const options = Object.fromEntries(this.#found) as ArgumentValues<Name>
    return { kind: 'parsed', options, words: this.#words }
  }

  #option(word: string, rest: string[]): void {
    const { flag, attached } = splitOption(word, (name) => this.#byFlag.has(name))
    const name = this.#nameOf(flag)
    const option = this.#table.options[name]
    const shown = option.flags.join('/')
    this.#checkGroup(name, option)
    if (option.takes === 'flag') {
      if (attached !== null) throw new Misuse(`argument ${shown}: ignored explicit argument '${attached}'`)
      this.#found.set(name, true)
      return
    }
    const values = attached !== null ? [attached] : takeValues(rest, option.takes === 'list')
    const [first] = values
    if (first === undefined) {
      throw new Misuse(
        `argument ${shown}: expected ${option.takes === 'list' ? 'at least ' : ''}one argument`,
      )
    }
    for (const value of values) checkChoice(shown, option, value)
    this.#found.set(name, option.takes === 'list' ? values : first)
  }

  #nameOf(flag: string): Name {
    const exact = this.#byFlag.get(flag)
    if (exact !== undefined) return exact
    const candidates = flag.startsWith('--') ? [...this.#byFlag.keys()].filter((f) => f.startsWith(flag)) : []
    const [only, another] = candidates
    const name = only === undefined ? undefined : this.#byFlag.get(only)
    if (name === undefined) throw new Misuse(`unrecognized arguments: ${flag}`)
    if (another !== undefined) {
      throw new Misuse(`ambiguous option: ${flag} could match ${candidates.join(', ')}`)
    }
    return name
  }

  #checkGroup(name: Name, option: ArgumentOption): void {
    if (option.group === undefined) return
    for (const [other, settings] of entriesOf(this.#table)) {
      if (other === name || settings.group !== option.group || !this.#found.has(other)) continue
      throw new Misuse(`argument ${option.flags[0]}: not allowed with argument ${settings.flags[0]}`)
    }
  }
}

function isOption(word: string): boolean {
  return word.startsWith('-') && word.length > 1 && !number.test(word) && !word.includes(' ')
}

function splitOption(
  word: string,
  isKnown: (flag: string) => boolean,
): { readonly flag: string; readonly attached: string | null } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=')
    return equals < 0
      ? { flag: word, attached: null }
      : { flag: word.slice(0, equals), attached: word.slice(equals + 1) }
  }
  // `-kKEY` is `-k KEY`.
  const short = word.slice(0, 2)
  if (word.length > 2 && isKnown(short)) return { flag: short, attached: word.slice(2).replace(/^=/, '') }
  return { flag: word, attached: null }
}

function takeValues(rest: string[], many: boolean): readonly string[] {
  const values: string[] = []
  for (let next = rest[0]; next !== undefined && next !== '--' && !isOption(next); next = rest[0]) {
    values.push(next)
    rest.shift()
    if (!many) break
  }
  return values
}

function checkChoice(shown: string, { choices }: ArgumentOption, value: string): void {
  if (choices === undefined || choices.includes(value)) return
  const named = choices.map((choice) => `'${choice}'`).join(', ')
  throw new Misuse(`argument ${shown}: invalid choice: '${value}' (choose from ${named})`)
}

function entriesOf<Name extends string>(
  table: ArgumentTable<Name>,
): readonly (readonly [Name, ArgumentOption])[] {
  return Object.entries(table.options) as [Name, ArgumentOption][]
}

function usageLine<Name extends string>(table: ArgumentTable<Name>): string {
  const parts = [
    '[-h]',
    ...entriesOf(table).map(([, option]) => `[${option.flags[0]}${placeholder(option)}]`),
  ]
  if (table.positional !== null) parts.push(`${table.positional.name} [${table.positional.name} ...]`)
  const indent = ' '.repeat(`usage: ${table.program} `.length)
  return wrapped(`usage: ${table.program} `, parts, indent)
}

function placeholder({ takes, choices, flags }: ArgumentOption): string {
  if (takes === 'flag') return ''
  const word =
    choices === undefined
      ? flags[0].replace(/^-+/, '').replaceAll('-', '_').toUpperCase()
      : `{${choices.join(',')}}`
  return takes === 'list' ? ` ${word} [${word} ...]` : ` ${word}`
}

const width = 90

function wrapped(start: string, parts: readonly string[], indent: string): string {
  const lines: string[] = []
  let line = start
  for (const part of parts) {
    if (line.length + part.length > width && line.trim() !== '' && line !== start) {
      lines.push(line.trimEnd())
      line = indent
    }
    line += `${part} `
  }
  return [...lines, line.trimEnd()].join('\n')
}

function helpText<Name extends string>(table: ArgumentTable<Name>): string {
  const entry = (names: string, help: string): string =>
    `  ${names}\n${wrapped(' '.repeat(20), help.split(' '), ' '.repeat(20))}`
  const { positional } = table
  return [
    usageLine(table),
    '',
    table.description,
    '',
    ...(positional === null ? [] : ['positional arguments:', entry(positional.name, positional.help), '']),
    'options:',
    entry('-h, --help', 'show this help message and exit'),
    ...entriesOf(table).map(([, option]) =>
      entry(option.flags.map((flag) => flag + placeholder(option)).join(', '), option.help),
    ),
    ...(table.epilog === undefined ? [] : ['', table.epilog]),
    '',
  ].join('\n')
}
