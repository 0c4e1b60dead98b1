import { kafkaError } from '../core/error-codes.ts'
import { initProducerIdRequest, initProducerIdResponse } from '../messages/init-producer-id.ts'
import { defineApi } from './api.ts'
import { fencedFor } from './fenced-code.ts'

/** Versions in which a producer names the id that it had, and that know PRODUCER_FENCED. */
const claimFrom = 3
const fencedFrom = 4

export const initProducerId = defineApi({
  name: 'InitProducerId',
  versions: [0, 5],
  request: initProducerIdRequest,
  response: initProducerIdResponse,
  handle: async (request, { core, version }) => {
    const failed = (errorCode: number): InitResult => ({ errorCode, producerId: -1, producerEpoch: -1 })
    const { transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch } = request
    if (transactionalId === '') return failed(kafkaError.invalidRequest)
    if (transactionalId !== null) {
      const claim =
        version >= claimFrom ? { producerId, producerEpoch } : { producerId: -1, producerEpoch: -1 }
      const outcome = await core.transactions.init(transactionalId, { timeoutMs, claim })
      return { ...outcome, errorCode: fencedFor(version, fencedFrom, outcome.errorCode) }
    }
    // As Kafka does, an id that the request carries is not looked at without a transactional id: @platformatic/kafka
    // always sends 0, and idempotent producers raise their epoch by themselves.
    return { errorCode: kafkaError.none, producerId: await core.store.newProducerId(), producerEpoch: 0 }
  },
})

interface InitResult {
  readonly errorCode: number
  readonly producerId: number
  readonly producerEpoch: number
}
