/** A line of InfluxDB's line protocol, read as its reference says. Throws when it does not read. */
export interface ParsedLine {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  readonly value: number
  readonly time: number
}

export function parsedLine(line: string): ParsedLine {
  const [head = '', fields = '', time = '', ...rest] = split(line, ' ')
  const [measurement = '', ...tags] = split(head, ',')
  const [field, value = ''] = split(fields, '=')
  const isGood =
    rest.length === 0 &&
    measurement !== '' &&
    field === 'value' &&
    /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value) &&
    /^\d+$/.test(time)
  if (!isGood) throw new Error(`no line: ${line}`)
  return {
    measurement: plain(measurement),
    tags: Object.fromEntries(tags.map((tag) => pairOf(tag))),
    value: Number(value),
    time: Number(time),
  }
}

function pairOf(tag: string): readonly [string, string] {
  const [name = '', value = '', ...rest] = split(tag, '=')
  if (name === '' || value === '' || rest.length > 0) throw new Error(`no tag: ${tag}`)
  return [plain(name), plain(value)]
}

/** At marks that no backslash stands before. */
function split(text: string, mark: string): string[] {
  const parts = ['']
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at)
    if (letter === '\n') throw new Error('a line break')
    if (letter === '\\' && at + 1 < text.length && ',= '.includes(text.charAt(at + 1)))
      parts[parts.length - 1] += letter + text.charAt(++at)
    else if (letter === mark) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts
}

function plain(text: string): string {
  return text.replaceAll(/\\([,= ])/g, '$1')
}
