/** Sends spoilt requests from several sockets and counts what comes back. */
import { Dealer } from 'zeromq'
import { wireCodecs, type Encoding } from '../../src/wire-codec.ts'
import { mutatedRequest } from './mutate.ts'

export interface FloodResult {
  sent: number
  /** Requests that a REP socket would answer. */
  expected: number
  answered: number
  refused: number
  /** The first few replies that are no reply, or say what no reply should say. */
  readonly wrong: string[]
}

export interface FloodOptions {
  readonly address: string
  readonly encoding: Encoding
  readonly count: number
  readonly random: (below: number) => number
  /** Called now and then with the number sent. */
  readonly onProgress?: (sent: number) => void
  /** No answer for so long: the manager hangs. */
  readonly patienceMs: number
}

/** Requests of one socket that wait for their answers; the manager takes 1,000 a peer. */
const maxOpen = 200

export async function flood(options: FloodOptions): Promise<FloodResult> {
  const result: FloodResult = { sent: 0, expected: 0, answered: 0, refused: 0, wrong: [] }
  const open: Uint8Array[] = []
  const socket = new Dealer({ linger: 0, sendHighWaterMark: 0, receiveHighWaterMark: 0 })
  socket.connect(options.address)
  let lastMs = performance.now()
  let wake = (): void => undefined
  void (async () => {
    for await (const frames of socket) {
      lastMs = performance.now()
      result.answered += 1
      open.shift()
      judge(frames, options.encoding, result)
      wake()
    }
  })().catch(() => undefined) // the socket was closed
  /** False when nothing came for too long. */
  const until = async (count: number): Promise<boolean> => {
    while (open.length > count) {
      if (performance.now() - lastMs > options.patienceMs) {
        result.wrong.push(`not answered: ${String(open[0]).slice(0, 1_000)}`)
        return false
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return true
  }
  while (result.sent < options.count) {
    const { frames, answers } = mutatedRequest(options.random, options.encoding)
    result.sent += 1
    result.expected += answers
    if (answers === 1) open.push(frames[1] ?? frames[0])
    await socket.send(frames.map((frame) => Buffer.from(frame)))
    if (open.length < maxOpen) lastMs = performance.now()
    else if (!(await until(maxOpen / 2))) return end()
    if (result.sent % 1_000 === 0) options.onProgress?.(result.sent)
  }
  await until(0)
  return end()

  function end(): FloodResult {
    socket.close()
    return result
  }
}

const maxWrong = 10

function judge(frames: readonly Buffer[], encoding: Encoding, result: FloodResult): void {
  const wrong = (why: string): void => {
    if (result.wrong.length < maxWrong) result.wrong.push(`${why}: ${String(frames.at(-1)).slice(0, 300)}`)
  }
  const [delimiter, payload] = frames
  if (frames.length !== 2 || delimiter?.length !== 0 || payload === undefined) return wrong('frames')
  const decoded = wireCodecs[encoding].decode(payload)
  if (decoded.kind !== 'body') return wrong('not decodable')
  const reply = decoded.body as Readonly<Record<string, unknown>> | null
  if (typeof reply !== 'object' || reply === null) return wrong('no object')
  if ('status_uid' in reply) return
  const { success, msg } = reply
  if (typeof success !== 'boolean' || typeof msg !== 'string') return wrong('no success or msg')
  if (success !== (msg === '')) return wrong('success and msg do not agree')
  if (!success) result.refused += 1
  // Texts of the language itself would mean that something was not foreseen.
  if (/Cannot read properties|is not a function|is not iterable|\[object Object\]/.test(msg))
    wrong('unforeseen')
}
