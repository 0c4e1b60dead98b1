import { endTxnRequest, endTxnResponse } from '../messages/end-txn.ts'
import { defineApi } from './api.ts'
import { fencedFor } from './fenced-code.ts'

/** Version that knows PRODUCER_FENCED. */
const fencedFrom = 2

export const endTxn = defineApi({
  name: 'EndTxn',
  versions: [0, 4],
  request: endTxnRequest,
  response: endTxnResponse,
  handle: async ({ transactionalId, producerId, producerEpoch, committed }, { core, version }) => {
    const errorCode = await core.transactions.end(transactionalId, { producerId, producerEpoch }, committed)
    return { errorCode: fencedFor(version, fencedFrom, errorCode) }
  },
})
