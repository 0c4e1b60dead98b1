import { kafkaError } from '../core/error-codes.ts'
import { noBytes } from '../core/group-replies.ts'
import { saslAuthenticateRequest, saslAuthenticateResponse } from '../messages/sasl-authenticate.ts'
import type { SaslSession, SaslStep } from '../security/sasl-session.ts'
import { type BrokerCore, defineApi, type Peer } from './api.ts'

/** One step of a login; tells how it ended. */
export async function takeToken(
  token: Uint8Array,
  at: { readonly core: BrokerCore; readonly peer: Peer; readonly sasl: SaslSession },
): Promise<SaslStep> {
  const { core, peer, sasl } = at
  const step = await sasl.step(token)
  const remote = peer.remoteHost
  if (step.kind === 'done') {
    peer.principal = step.user
    core.onEvent({ kind: 'logged-in', user: step.user, remote })
  } else if (step.kind === 'failed') {
    core.onEvent({ kind: 'login-failed', remote, message: step.message })
  }
  return step
}

export const saslAuthenticate = defineApi({
  name: 'SaslAuthenticate',
  versions: [0, 2],
  request: saslAuthenticateRequest,
  response: saslAuthenticateResponse,
  handle: async (request, { core, peer }) => {
    const { sasl } = peer
    const refused = (errorCode: number, errorMessage: string): SaslAnswer => {
      peer.isEnding = true
      return { errorCode, errorMessage, authBytes: noBytes }
    }
    if (sasl === null) return refused(kafkaError.illegalSaslState, 'This listener asks for no login')
    const step = await takeToken(new Uint8Array(request.authBytes), { core, peer, sasl })
    if (step.kind === 'failed') return refused(step.errorCode, step.message)
    return { errorCode: kafkaError.none, errorMessage: null, authBytes: step.bytes }
  },
})

interface SaslAnswer {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly authBytes: Uint8Array
}
