const lineUp = '\u001B[A'
/** Splits a text at the three moves of the cursor and keeps them. */
const moves = new RegExp(`(\\n|\\r|${lineUp.replace('[', '\\[')})`)
/** Lines kept. */
const maxLines = 2_000
/** Characters of a line kept; a program that never ends its line does not fill the memory. */
const maxLineLength = 16_384

/**
 * The console as a terminal shows it: `\n` goes to the next line, `\r` to its first column (then text overwrites),
 * `ESC[A` one line up. Other escape sequences stay in the text.
 */
export class TextBuffer {
  #lines: string[] = ['']
  #line = 0
  #column = 0

  write(text: string): void {
    for (const part of text.split(moves)) {
      switch (part) {
        case '':
          break
        case '\n':
          this.#line += 1
          this.#column = 0
          if (this.#line === this.#lines.length) this.#lines.push('')
          break
        case '\r':
          this.#column = 0
          break
        case lineUp:
          this.#line = Math.max(0, this.#line - 1)
          break
        default:
          this.#put(part)
      }
    }
    const surplus = this.#lines.length - maxLines
    if (surplus <= 0) return
    this.#lines.splice(0, surplus)
    this.#line = Math.max(0, this.#line - surplus)
  }

  /** The last `count` lines; a trailing empty line does not count. */
  tail(count: number): string {
    if (count <= 0) return ''
    const lines = this.#lines.at(-1) === '' ? this.#lines.slice(0, -1) : this.#lines
    return lines.slice(-count).join('\n')
  }

  #put(text: string): void {
    const line = this.#lines[this.#line] ?? ''
    const head = line.slice(0, this.#column).padEnd(this.#column, ' ')
    this.#lines[this.#line] = `${head}${text}${line.slice(this.#column + text.length)}`.slice(
      0,
      maxLineLength,
    )
    this.#column = Math.min(maxLineLength, this.#column + text.length)
  }
}
