import { platformClientKeys, publicCurveKey } from '@beamtime/queue-manager/curve'
import type { ClientKeys } from '@beamtime/queue-client'
import { type Config } from './load-config.ts'

/** As queue-manager declares them; a test compares. Clients of a queue do not load the manager for this. */
export const defaultControl = 'tcp://127.0.0.1:60615'
export const defaultInfo = 'tcp://127.0.0.1:60625'

export interface QueueAccess {
  readonly control: string
  readonly info: string
  readonly encoding: 'json' | 'msgpack'
}

/** Where a client on this machine reaches a queue of the configuration. */
export function queueAccess(config: Config, name: string): QueueAccess {
  const { control, info, encoding } = config.pick(`queue.${name}`, {
    control: { type: 'string', default: defaultControl, doc: 'Control socket.' },
    info: { type: 'string', default: defaultInfo, doc: 'Info socket.' },
    encoding: {
      type: 'enum',
      values: ['json', 'msgpack'],
      default: 'json',
      doc: 'Encoding of both sockets.',
    },
  })
  return { control: localAddress(control), info: localAddress(info), encoding }
}

/** Keys for a control socket that is encrypted; nothing for one that is not. They are made from the manager's own key. */
export interface QueueKeys {
  readonly serverPublicKey?: string
  readonly clientKeys?: ClientKeys
}

export function queueKeys(config: Config, name: string): QueueKeys {
  const { zmq_private_key: secretKey } = config.pick(`queue.${name}`, {
    zmq_private_key: { type: 'string', default: '', secret: true, doc: 'Secret key of the control socket.' },
  })
  const serverPublicKey = publicCurveKey(secretKey)
  const clientKeys = platformClientKeys(secretKey)
  return serverPublicKey === null || clientKeys === null ? {} : { serverPublicKey, clientKeys }
}

/** An address that is bound on all interfaces is reached through loopback. */
function localAddress(address: string): string {
  return address.replace(/^tcp:\/\/(\*|0\.0\.0\.0|\[::\]):/, 'tcp://127.0.0.1:')
}
