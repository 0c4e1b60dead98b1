import { connect, type Server } from 'node:net'
import { AnswerCounter } from './answer-counter.ts'
import { MemorySocket } from './memory-socket.ts'
import type { FrameMaker } from './mutated-frame.ts'
import type { Patience } from './patience.ts'
import type { RandomNumbers } from './random-numbers.ts'
import type { Turns } from './turns.ts'

/** One in so many answered frames is the last one of its connection. */
const leavesAfter = 50

export interface Outcomes {
  answered: number
  closed: number
  /** The broker waits for more of the frame, or until there is something to answer. */
  waiting: number
  /** Of all these, over TCP. */
  tcp: number
}

export interface LaneOptions {
  readonly port: number
  /** Connections in memory are handed to it. */
  readonly server: Server
  readonly isTcp: boolean
  readonly turns: Turns
  readonly frames: FrameMaker
  readonly random: RandomNumbers
  readonly outcomes: Outcomes
  /** A request that is not answered by then waits for something. */
  readonly patience: Patience
  /** No more frames are sent. */
  readonly isOver: () => boolean
}

/** The sender's side of one connection. */
interface Wire {
  send(frame: Buffer): void
  destroy(): void
}

interface WireEvents {
  readonly opened: (wire: Wire) => void
  readonly answered: (chunk: Uint8Array) => void
  readonly closed: () => void
}

function openTcp({ port }: LaneOptions, on: WireEvents): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const wire = { send: (frame: Buffer): void => void socket.write(frame), destroy: () => socket.destroy() }
  socket.on('connect', () => on.opened(wire))
  socket.on('data', on.answered)
  socket.on('error', () => undefined) // 'close' follows
  socket.on('close', on.closed)
}

function openInMemory({ port, server, turns }: LaneOptions, on: WireEvents): void {
  const socket = new MemorySocket(port, on.answered)
  socket.on('close', on.closed)
  server.emit('connection', socket.asSocket())
  // Never within the work on an answer: as bytes from the kernel come.
  const wire = {
    send: (frame: Buffer): void => turns.add(() => socket.push(frame)),
    destroy: () => socket.destroy(),
  }
  on.opened(wire)
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

function runConnection(options: LaneOptions, next: () => void): void {
  const { isTcp, frames, random, outcomes, patience, isOver } = options
  const answers = new AnswerCounter()
  let wait: ReturnType<Patience['start']> | null = null
  let wire: Wire | null = null
  let isEnded = false
  const note = (outcome: 'answered' | 'closed' | 'waiting'): void => {
    outcomes[outcome]++
    if (isTcp) outcomes.tcp++
  }
  const end = (outcome: 'answered' | 'closed' | 'waiting'): void => {
    if (isEnded) return
    isEnded = true
    note(outcome)
    if (wait !== null) patience.stop(wait)
    wire?.destroy()
    next()
  }
  const send = (): void => {
    if (wait === null) wait = patience.start(() => end('waiting'))
    else patience.refresh(wait)
    wire?.send(frames.frame())
  }
  const opened = (own: Wire): void => {
    wire = own
    send()
  }
  const answered = (chunk: Uint8Array): void => {
    if (isEnded || answers.count(chunk) === 0) return
    if (isOver() || random(leavesAfter) === 0) end('answered')
    else {
      note('answered')
      send()
    }
  }
  const open = isTcp ? openTcp : openInMemory
  open(options, { opened, answered, closed: () => end('closed') })
}
