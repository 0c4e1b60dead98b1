import { kafkaError } from '../core/error-codes.ts'
import { saslHandshakeRequest, saslHandshakeResponse } from '../messages/sasl-handshake.ts'
import { saslMechanisms } from '../security/sasl-session.ts'
import { defineApi } from './api.ts'

export const saslHandshake = defineApi({
  name: 'SaslHandshake',
  versions: [0, 1],
  request: saslHandshakeRequest,
  response: saslHandshakeResponse,
  handle: (request, { peer, version }) => {
    const { sasl } = peer
    const errorCode =
      sasl === null ? kafkaError.illegalSaslState : sasl.choose(request.mechanism, version === 0)
    return { errorCode, mechanisms: saslMechanisms }
  },
})
