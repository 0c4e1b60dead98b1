import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { EventLedger } from './event-ledger.ts'
import type { SourceMessage } from './source-message.ts'

export type SourceEnd = Extract<SourceMessage, { readonly kind: 'end' }>

/** The source in a process of its own; its pulses go to the ledger. */
export function startSource(options: {
  readonly address: string
  readonly rate: number
  readonly seconds: number
  readonly ledger: EventLedger
}): { readonly ended: Promise<SourceEnd>; readonly hasEnded: () => boolean } {
  const { address, rate, seconds, ledger } = options
  const child = fork(join(import.meta.dirname, 'event-source.ts'), [address, String(rate), String(seconds)])
  let isOver = false
  const ended = new Promise<SourceEnd>((resolve, reject) => {
    child.on('message', (message: SourceMessage) => {
      if (message.kind === 'pulse') ledger.pulse(BigInt(message.timeNs))
      else if (message.kind === 'last') ledger.ends(message.messages)
      else {
        isOver = true
        resolve(message)
        child.disconnect()
      }
    })
    child.once('exit', (code) => {
      isOver = true
      reject(new Error(`the source ended with ${code}`))
    })
  })
  return { ended, hasEnded: () => isOver }
}
