import { connect, type Socket } from 'node:net'
import type { FrameMaker } from './mutated-frame.ts'
import type { RandomNumbers } from './random-numbers.ts'

/** A request that is not answered by then waits for something. */
const patienceMs = 4_000

export interface Outcomes {
  answered: number
  closed: number
  /** The broker waits for more of the frame, or until there is something to answer. */
  waiting: number
}

export interface LaneOptions {
  readonly port: number
  readonly frames: FrameMaker
  readonly random: RandomNumbers
  readonly outcomes: Outcomes
  /** No more frames are sent. */
  readonly isOver: () => boolean
}

/** One connection after another: each frame goes when the one before it has come to an end. */
export function runLane(options: LaneOptions): Promise<void> {
  return new Promise((resolve) => {
    const next = (): void => {
      if (options.isOver()) resolve()
      else runConnection(options, next)
    }
    next()
  })
}

function runConnection({ port, frames, random, outcomes, isOver }: LaneOptions, next: () => void): void {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let timer: NodeJS.Timeout | null = null
  let isEnded = false
  const end = (outcome: keyof Outcomes): void => {
    if (isEnded) return
    isEnded = true
    outcomes[outcome]++
    if (timer !== null) clearTimeout(timer)
    socket.destroy()
    next()
  }
  const send = (): void => {
    if (timer === null) timer = setTimeout(() => end('waiting'), patienceMs)
    else timer.refresh()
    socket.write(frames.frame())
  }
  socket.on('connect', send)
  socket.on('data', () => {
    if (isEnded) return
    if (isOver() || random(50) === 0) end('answered')
    else {
      outcomes.answered++
      send()
    }
  })
  socket.on('error', () => undefined) // 'close' follows
  socket.on('close', () => end('closed'))
}
