import { Reply, type Context } from 'zeromq'
import { z85Encode } from './curve-key.ts'

export interface ClientCheck {
  close(): void
}

/**
 * Admits only clients whose public key is listed: the authentication handler of ZeroMQ (RFC 27, ZAP), which the
 * library asks for each new connection of its context. Frames of a question: version, request, domain, address,
 * identity, mechanism, and for CURVE the 32 bytes of the client's key.
 */
export async function admitCurveClients(context: Context, keys: readonly string[]): Promise<ClientCheck> {
  const admitted = new Set(keys)
  const handler = new Reply({ context, linger: 0 })
  await handler.bind('inproc://zeromq.zap.01')

  async function serve(): Promise<void> {
    for await (const [version, request, , , , mechanism, key] of handler) {
      const known = String(mechanism) === 'CURVE' && key?.length === 32 && admitted.has(z85Encode(key))
      const [code, text, user] = known ? ['200', 'OK', z85Encode(key)] : ['400', 'unknown client key', '']
      await handler.send([version ?? '1.0', request ?? '', code ?? '', text ?? '', user ?? '', ''])
    }
  }

  const serving = serve().catch(() => undefined) // ends with an interrupted receive when it is closed
  return {
    close() {
      handler.close()
      void serving
    },
  }
}
