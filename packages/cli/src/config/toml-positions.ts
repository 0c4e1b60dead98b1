export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** One string for a path of keys; no TOML key can hold the separator unescaped. */
export function pathKey(path: readonly string[]): string {
  return path.join('\u0000')
}

/**
 * Where each key of a TOML text stands, by {@link pathKey}; entries of arrays have their index as key. The
 * parser that checks the text gives no positions, so this walks it again: on text the parser would refuse
 * it goes on at the next line.
 */
export function tomlPositions(text: string): ReadonlyMap<string, TextPosition> {
  return new Walker(text).walk()
}

class Walker {
  readonly #text: string
  readonly #positions = new Map<string, TextPosition>()
  readonly #arrayLengths = new Map<string, number>()
  readonly #lineStarts: number[] = [0]
  #at = 0

  constructor(text: string) {
    this.#text = text
    for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1))
      this.#lineStarts.push(index + 1)
  }

  walk(): ReadonlyMap<string, TextPosition> {
    let table: readonly string[] = []
    for (;;) {
      this.#skipBlank()
      if (this.#at >= this.#text.length) return this.#positions
      const start = this.#at
      if (this.#text[this.#at] === '[') table = this.#header() ?? table
      else this.#pair(table)
      if (this.#at === start) this.#skipLine()
    }
  }

  /** `[a.b]` or `[[a.b]]`; gives the path of the table that follows. */
  #header(): readonly string[] | null {
    const start = this.#at
    const isArray = this.#text.startsWith('[[', start)
    this.#at += isArray ? 2 : 1
    const keys = this.#dottedKey()
    this.#skipLine()
    if (keys === null) return null
    const path = this.#throughArrays(keys, isArray)
    this.#note(path, start)
    return path
  }

  /** Names in a header go through arrays of tables to their last entry. */
  #throughArrays(keys: readonly string[], opensEntry: boolean): readonly string[] {
    const path: string[] = []
    keys.forEach((name, index) => {
      path.push(name)
      const key = pathKey(path)
      const isLast = index === keys.length - 1
      const length = this.#arrayLengths.get(key)
      if (isLast && opensEntry) {
        this.#arrayLengths.set(key, (length ?? 0) + 1)
        path.push(String(length ?? 0))
      } else if (length !== undefined) path.push(String(length - 1))
    })
    return path
  }

  #pair(table: readonly string[]): void {
    const start = this.#at
    const keys = this.#dottedKey()
    this.#skipSpaces()
    if (keys === null || this.#text[this.#at] !== '=') {
      this.#skipLine()
      return
    }
    this.#at++
    const path = [...table, ...keys]
    keys.forEach((_, index) => this.#note([...table, ...keys.slice(0, index + 1)], start))
    this.#value(path)
  }

  #value(path: readonly string[]): void {
    this.#skipSpaces()
    const char = this.#text[this.#at]
    if (char === '{') this.#inlineTable(path)
    else if (char === '[') this.#array(path)
    else if (char === '"' || char === "'") this.#string()
    else while (this.#at < this.#text.length && !/[,\]}\n#]/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #inlineTable(path: readonly string[]): void {
    this.#at++
    while (this.#at < this.#text.length) {
      this.#skipBlank()
      if (this.#text[this.#at] === '}') {
        this.#at++
        return
      }
      const start = this.#at
      if (this.#text[this.#at] === ',') this.#at++
      else this.#pair(path)
      if (this.#at === start) return
    }
  }

  #array(path: readonly string[]): void {
    this.#at++
    for (let index = 0; this.#at < this.#text.length;) {
      this.#skipBlank()
      const start = this.#at
      const char = this.#text[this.#at]
      if (char === ']') {
        this.#at++
        return
      }
      if (char === ',') this.#at++
      else {
        this.#note([...path, String(index++)], start)
        this.#value([...path, String(index - 1)])
      }
      if (this.#at === start) return
    }
  }

  #dottedKey(): readonly string[] | null {
    const keys: string[] = []
    for (;;) {
      this.#skipSpaces()
      const key = this.#key()
      if (key === null) return null
      keys.push(key)
      this.#skipSpaces()
      if (this.#text[this.#at] !== '.') return keys
      this.#at++
    }
  }

  #key(): string | null {
    const char = this.#text[this.#at]
    if (char === '"' || char === "'") return this.#string()
    const bare = /[A-Za-z0-9_-]*/y
    bare.lastIndex = this.#at
    const name = bare.exec(this.#text)?.[0] ?? ''
    this.#at += name.length
    return name === '' ? null : name
  }

  /** Content of a string with only the escapes that keys use resolved. */
  #string(): string {
    const quote = this.#text[this.#at] ?? '"'
    const mark = this.#text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote
    let end = this.#at + mark.length
    while (end < this.#text.length && !this.#text.startsWith(mark, end))
      end += quote === '"' && this.#text[end] === '\\' ? 2 : 1
    const content = this.#text.slice(this.#at + mark.length, end)
    this.#at = end + mark.length
    return quote === '"' ? content.replaceAll(/\\(["\\])/g, '$1') : content
  }

  #note(path: readonly string[], at: number): void {
    const key = pathKey(path)
    if (this.#positions.has(key)) return
    const line = this.#lineOf(at)
    this.#positions.set(key, { line: line + 1, column: at - (this.#lineStarts[line] ?? 0) + 1 })
  }

  #lineOf(at: number): number {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return low
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.#text.length : end + 1
  }

  /** White space, line ends and comments. */
  #skipBlank(): void {
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '#') this.#skipLine()
      else if (char === ' ' || char === '\t' || char === '\n' || char === '\r') this.#at++
      else return
    }
  }
}
