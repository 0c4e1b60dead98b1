import { KafkaUsageError } from './kafka-error.ts'

/** One option of Kafka's tools. */
export interface KafkaOption {
  /** value: one word. list: may be repeated. optional: a word or nothing. flag: none. */
  readonly takes: 'value' | 'list' | 'optional' | 'flag'
  readonly help: string
  /** Other spellings, for example of older releases. */
  readonly aliases?: readonly string[]
  /** What the word is, for the help: `server to connect to`. */
  readonly word?: string
}

export interface KafkaOptionTable<Name extends string> {
  readonly program: string
  readonly description: string
  readonly options: Readonly<Record<Name, KafkaOption>>
}

/** Words by option; a flag, and an optional word that was left out, is an empty list. */
export type KafkaOptionValues<Name extends string> = ReadonlyMap<Name, readonly string[]>

export type ParsedKafkaOptions<Name extends string> =
  | { readonly kind: 'parsed'; readonly values: KafkaOptionValues<Name> }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

/**
 * Reads a command line as Kafka's tools do (the library jopt-simple): `--name value`, `--name=value`, unique abbreviations.
 * Throws KafkaUsageError with Kafka's own words.
 */
export function parseKafkaOptions<Name extends string>(
  table: KafkaOptionTable<Name>,
  args: readonly string[],
): ParsedKafkaOptions<Name> {
  const values = new Map<Name, readonly string[]>()
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--help' || word === '-h') return { kind: 'help' }
    if (word === '--version') return { kind: 'version' }
    const { flag, attached } = split(word)
    const name = nameOf(table, flag)
    const option = table.options[name]
    const given = wordsOf({ flag, option, attached }, rest)
    const before = values.get(name)
    if (before !== undefined && option.takes === 'value') {
      throw new KafkaUsageError(`Found multiple arguments for option ${flag}, but you asked for only one`)
    }
    values.set(name, [...(before ?? []), ...given])
  }
  return { kind: 'parsed', values }
}

function split(word: string): { readonly flag: string; readonly attached: string | null } {
  if (!word.startsWith('--')) {
    if (word.startsWith('-') && word.length > 1)
      throw new KafkaUsageError(`${word.slice(1)} is not a recognized option`)
    throw new KafkaUsageError(`Unrecognized argument: ${word}`)
  }
  const equals = word.indexOf('=')
  return equals < 0
    ? { flag: word.slice(2), attached: null }
    : { flag: word.slice(2, equals), attached: word.slice(equals + 1) }
}

function nameOf<Name extends string>(table: KafkaOptionTable<Name>, flag: string): Name {
  const spellings = (Object.entries(table.options) as [Name, KafkaOption][]).flatMap(([name, option]) =>
    [name, ...(option.aliases ?? [])].map((spelling) => ({ name, spelling })),
  )
  const exact = spellings.find(({ spelling }) => spelling === flag)
  if (exact !== undefined) return exact.name
  const meant = [
    ...new Set(spellings.filter(({ spelling }) => spelling.startsWith(flag)).map(({ name }) => name)),
  ]
  const [only, another] = meant
  if (only === undefined || another !== undefined)
    throw new KafkaUsageError(`${flag} is not a recognized option`)
  return only
}

function wordsOf(
  given: { readonly flag: string; readonly option: KafkaOption; readonly attached: string | null },
  rest: string[],
): readonly string[] {
  const { flag, option, attached } = given
  if (option.takes === 'flag') {
    if (attached !== null) throw new KafkaUsageError(`Option ${flag} does not take an argument`)
    return []
  }
  if (attached !== null) return [attached]
  const [next] = rest
  const isWord = next !== undefined && !next.startsWith('--')
  if (isWord) return rest.splice(0, 1)
  if (option.takes === 'optional') return []
  throw new KafkaUsageError(`Option ${flag} requires an argument`)
}

/** The one word of an option, or undefined. */
export function valueOf<Name extends string>(
  values: KafkaOptionValues<Name>,
  name: NoInfer<Name>,
): string | undefined {
  return values.get(name)?.at(-1)
}

/** A whole number of an option, or undefined. Throws KafkaUsageError for anything else. */
export function numberOf<Name extends string>(
  values: KafkaOptionValues<Name>,
  name: NoInfer<Name>,
): number | undefined {
  const text = valueOf(values, name)
  if (text === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(text))
    throw new KafkaUsageError(`Cannot parse argument '${text}' of option ${name}`)
  return Number(text)
}

const nameWidth = 40
const helpWidth = 60

export function kafkaHelp<Name extends string>(table: KafkaOptionTable<Name>): string {
  const rows = (Object.entries(table.options) as [Name, KafkaOption][]).map(([name, option]) => {
    const shown = option.takes === 'flag' ? `--${name}` : `--${name} <${option.word ?? 'value'}>`
    const [first = '', ...more] = wrapped(option.help)
    const lead =
      shown.length < nameWidth
        ? [`${shown.padEnd(nameWidth)} ${first}`]
        : [shown, `${' '.repeat(nameWidth)} ${first}`]
    return [...lead, ...more.map((line) => `${' '.repeat(nameWidth)} ${line}`)].join('\n')
  })
  const heading = `${'Option'.padEnd(nameWidth)} Description\n${'------'.padEnd(nameWidth)} -----------`
  return `${table.description}\n${heading}\n${rows.join('\n')}\n`
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= helpWidth) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  return [...lines, line]
}

/** `key=value` words of a repeated option; a word without = has an empty value. */
export function pairsOf<Name extends string>(
  values: KafkaOptionValues<Name>,
  name: NoInfer<Name>,
): ReadonlyMap<string, string> {
  return new Map(
    (values.get(name) ?? []).map((word) => {
      const equals = word.indexOf('=')
      return equals < 0 ? [word, ''] : [word.slice(0, equals), word.slice(equals + 1)]
    }),
  )
}
