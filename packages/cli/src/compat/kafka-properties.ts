import { readFileSync } from 'node:fs'
import { KafkaUsageError } from './kafka-error.ts'

export type KafkaProperties = ReadonlyMap<string, string>

/** Reads a .properties file. Throws KafkaUsageError when it cannot be read. */
export function readPropertiesFile(path: string): KafkaProperties {
  try {
    return parseProperties(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof KafkaUsageError) throw error
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'No such file or directory' : String(error)
    throw new KafkaUsageError(`${path} (${why})`)
  }
}

/** Java's notation: `key=value`, `key: value` or `key value`, # and ! begin comments, \ goes on in the next line. */
export function parseProperties(text: string): KafkaProperties {
  const found = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const { key, value } = splitLine(line)
    found.set(unescaped(key), unescaped(value))
  }
  return found
}

function logicalLines(text: string): string[] {
  const lines: string[] = []
  let open: string | null = null
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line: string = natural.trimStart()
    if (open === null && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const whole: string = (open ?? '') + line
    const goesOn = /(?:^|[^\\])(?:\\\\)*\\$/.test(whole)
    if (goesOn) {
      open = whole.slice(0, -1)
      continue
    }
    lines.push(whole)
    open = null
  }
  return open === null ? lines : [...lines, open]
}

function splitLine(line: string): { readonly key: string; readonly value: string } {
  let end = 0
  while (end < line.length && !'=: \t\f'.includes(line.charAt(end))) end += line.charAt(end) === '\\' ? 2 : 1
  const rest = line.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')
  return { key: line.slice(0, end), value: rest }
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|([^]))/g,
    (_, code: string | undefined, letter: string | undefined) =>
      code === undefined
        ? (escapes[letter ?? ''] ?? letter ?? '')
        : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
