import { encodeArraysFrame } from '../frames.ts'
import type { NamedArray } from '../frames.ts'
import type { FrameStamp } from '../live/channel.ts'
import type { LiveColumn } from './growing-rows.ts'
import type { LiveRun, LiveStream } from './live-run.ts'

/** Rows of one frame, so that a long run does not fill a socket at once. */
const maxFrameRows = 20_000

/** Sends the rows of a run that a subscriber does not have yet. */
export class RowSender {
  readonly #run: LiveRun
  readonly #cols: ReadonlySet<string> | null
  readonly #sent = new Map<string, { rows: number; version: number }>()

  constructor(run: LiveRun, cols: readonly string[] | null) {
    this.#run = run
    this.#cols = cols === null ? null : new Set(['seq_num', 'time', ...cols])
  }

  /** False when the subscriber took not all of them; then call again later. */
  send(frame: (build: (stamp: FrameStamp) => Uint8Array) => boolean): boolean {
    return this.#run.streams.every((stream) => this.#sendStream(stream, frame))
  }

  #sendStream(stream: LiveStream, frame: (build: (stamp: FrameStamp) => Uint8Array) => boolean): boolean {
    const { rows } = stream
    const sent = this.#sent.get(stream.name) ?? { rows: 0, version: 0 }
    let first = rows.changedFrom(sent.version, sent.rows)
    while (first < rows.length) {
      const end = Math.min(rows.length, first + maxFrameRows)
      const from = first
      if (!frame((stamp) => this.#encode(stream, { from, end }, stamp))) {
        // Rows that were replaced lie behind `first` and go out with the rest.
        this.#sent.set(stream.name, { rows: first, version: rows.version })
        return false
      }
      first = end
    }
    this.#sent.set(stream.name, { rows: rows.length, version: rows.version })
    return true
  }

  #encode(
    stream: LiveStream,
    range: { readonly from: number; readonly end: number },
    stamp: FrameStamp,
  ): Uint8Array {
    const columns = stream.rows.columns.filter((column) => this.#cols?.has(column.name) ?? true)
    const time = stream.rows.numbersOf('time')?.[range.end - 1] ?? 0
    return encodeArraysFrame({
      ...stamp,
      sourceMs: time * 1_000,
      header: {
        kind: 'rows',
        uid: this.#run.uid,
        stream: stream.name,
        first: range.from,
        total: stream.rows.total,
      },
      arrays: columns.map((column) => slice(column, range)),
    })
  }
}

function slice(column: LiveColumn, range: { readonly from: number; readonly end: number }): NamedArray {
  const values = column.values.slice(range.from, range.end)
  return { name: column.name, values }
}
