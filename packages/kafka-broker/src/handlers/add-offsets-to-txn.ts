import { kafkaError } from '../core/error-codes.ts'
import { addOffsetsToTxnRequest, addOffsetsToTxnResponse } from '../messages/add-offsets-to-txn.ts'
import { defineApi, may } from './api.ts'
import { fencedFor } from './fenced-code.ts'

/** Version that knows PRODUCER_FENCED. */
const fencedFrom = 2

export const addOffsetsToTxn = defineApi({
  name: 'AddOffsetsToTxn',
  versions: [0, 4],
  request: addOffsetsToTxnRequest,
  response: addOffsetsToTxnResponse,
  handle: async (request, call) => {
    const { transactionalId, producerId, producerEpoch, groupId } = request
    if (!may(call, 'read', ['group', groupId])) return { errorCode: kafkaError.groupAuthorizationFailed }
    const { transactions } = call.core
    const claim = { producerId, producerEpoch }
    const errorCode = await transactions.addGroup(transactionalId, claim, groupId)
    return { errorCode: fencedFor(call.version, fencedFrom, errorCode) }
  },
})
