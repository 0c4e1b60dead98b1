import { kafkaError } from '../core/error-codes.ts'
import { initProducerIdRequest, initProducerIdResponse } from '../messages/init-producer-id.ts'
import { defineApi } from './api.ts'

export const initProducerId = defineApi({
  name: 'InitProducerId',
  versions: [0, 5],
  request: initProducerIdRequest,
  response: initProducerIdResponse,
  handle: async (request, { core }) => {
    const failed = (errorCode: number): InitResult => ({ errorCode, producerId: -1, producerEpoch: -1 })
    // Transactions come with a later release; without their APIs in ApiVersions no client gets here by itself.
    if (request.transactionalId !== null) return failed(kafkaError.invalidRequest)
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
