import type { TlsOptions } from 'node:tls'
import type { SectionValues } from '@beamtime/service-kit'
import type { brokerConfig } from '../config.ts'
import { BrokerError } from '../error.ts'
import { isLoopback, type ListenAddress, listenAddresses, needsLogin, needsTls } from '../listen-address.ts'
import type { TopicCatalog } from '../log/topic-catalog.ts'
import { type AccessRules, parseAccessRules } from './access-rules.ts'
import { tlsSettings } from './tls-settings.ts'
import { UserStore } from './user-store.ts'

/** Who may reach the broker, and how. */
export interface Security {
  readonly addresses: readonly ListenAddress[]
  readonly tls: TlsOptions | null
  readonly rules: AccessRules
  /** Whether logins are configured at all. */
  readonly hasUsers: boolean
  readonly allowInsecure: boolean
  /** Rejects with BROKER_CONFIG_INVALID when the users file cannot be read. */
  users(catalog: Pick<TopicCatalog, 'rows' | 'putRows'>): Promise<UserStore>
}

/** Checks everything that the configuration says on security. Throws BROKER_CONFIG_INVALID or BROKER_INSECURE. */
export function openSecurity(
  config: SectionValues<typeof brokerConfig>,
  resolvePath: (path: string) => string,
): Security {
  const tls = tlsSettings(config.tls, resolvePath)
  const hasUsers = config.users !== ''
  const addresses = listenAddresses(config.listen, config.listeners, {
    hasCertificate: tls !== null,
    hasUsers,
  })
  if (!config.allow_insecure) addresses.forEach(checkProtected)
  return {
    addresses,
    tls,
    rules: parseAccessRules(config.acl),
    hasUsers,
    allowInsecure: config.allow_insecure,
    users: (catalog) => UserStore.open({ file: hasUsers ? resolvePath(config.users) : '', catalog }),
  }
}

function checkProtected({ host, port, protocol, key }: ListenAddress): void {
  if (isLoopback(host) || needsLogin(protocol) || needsTls(protocol)) return
  throw new BrokerError({
    code: 'BROKER_INSECURE',
    message: `${key} = ${host}:${port} can be reached from other machines and asks for no login`,
    fault: 'caller',
    remedy:
      'Set broker.users to a file of logins (and broker.tls for encryption), or listen on 127.0.0.1. In a network where everyone may read and write: broker.allow_insecure = true.',
  })
}
