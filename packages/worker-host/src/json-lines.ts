/** Newline-delimited JSON: one value a line, no raw newline inside (JSON escapes it). No I/O here. */

const newline = 0x0a

export interface JsonLineReader {
  /** Complete lines of this piece, in order. `too-long` and `malformed` are final: close the connection. */
  push(bytes: Uint8Array): JsonLines
}

interface JsonLines {
  readonly values: readonly unknown[]
  readonly problem: 'too-long' | 'malformed' | null
}

/** `maxBytes` bounds one line, and with it the memory that a peer can make us hold. */
export function createJsonLineReader(maxBytes: number): JsonLineReader {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let pieces: Uint8Array[] = []
  let pendingBytes = 0
  let problem: JsonLines['problem'] = null

  function takeLine(last: Uint8Array): Uint8Array {
    if (pieces.length === 0) return last
    const line = Buffer.concat([...pieces, last], pendingBytes + last.byteLength)
    pieces = []
    pendingBytes = 0
    return line
  }

  return {
    push(bytes) {
      const values: unknown[] = []
      let from = 0
      while (problem === null) {
        const end = bytes.indexOf(newline, from)
        const part = bytes.subarray(from, end < 0 ? undefined : end)
        if (pendingBytes + part.byteLength > maxBytes) {
          problem = 'too-long'
          pieces = []
          break
        }
        if (end < 0) {
          if (part.byteLength > 0) {
            pieces.push(part.slice())
            pendingBytes += part.byteLength
          }
          break
        }
        from = end + 1
        const line = takeLine(part)
        if (line.byteLength === 0) continue
        try {
          values.push(JSON.parse(decoder.decode(line)) as unknown)
        } catch {
          problem = 'malformed'
        }
      }
      return { values, problem }
    },
  }
}

export function encodeJsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
