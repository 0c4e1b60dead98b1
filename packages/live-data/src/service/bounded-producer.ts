import type { BusProducer } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'

/** Sends without waiting; when too much is under way, what comes is dropped and counted. */
export interface BoundedProducer {
  send(topic: string, value: Uint8Array | string): void
  dropped(): number
  close(): Promise<void>
}

const maxWaitingBytes = 134_217_728

export function boundedProducer(producer: BusProducer, log: Logger): BoundedProducer {
  let waitingBytes = 0
  let dropped = 0
  let isFailing = false
  return {
    send(topic, value) {
      if (waitingBytes > 0 && waitingBytes + value.length > maxWaitingBytes) {
        dropped += 1
        return
      }
      waitingBytes += value.length
      producer.send({ topic, value, partition: 0 }).then(
        () => {
          waitingBytes -= value.length
          isFailing = false
        },
        (error: unknown) => {
          waitingBytes -= value.length
          dropped += 1
          if (!isFailing) log.warn('livedata.send-failed', { topic, err: error })
          isFailing = true
        },
      )
    },
    dropped: () => dropped,
    close: () => producer.close(),
  }
}
