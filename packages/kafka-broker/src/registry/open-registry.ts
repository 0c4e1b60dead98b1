import type { SectionValues } from '@beamtime/service-kit'
import type { registryConfig } from '../config.ts'
import { BrokerError } from '../error.ts'
import { isLoopback, parseHostPort } from '../listen-address.ts'
import type { TopicCatalog } from '../log/topic-catalog.ts'
import { mayAccess } from '../security/access-rules.ts'
import type { Security } from '../security/open-security.ts'
import type { UserStore } from '../security/user-store.ts'
import { catalogRecords } from './catalog-records.ts'
import { Registry } from './registry.ts'
import { type RegistryEvent, type RegistryServer, serveRegistry } from './registry-server.ts'

/** Serves the schema registry; null when it is switched off. Rejects with BrokerError, or ConfigError when the port is taken. */
export async function openRegistry(parts: {
  readonly settings: SectionValues<typeof registryConfig>
  readonly security: Security
  readonly users: UserStore
  readonly catalog: Pick<TopicCatalog, 'rows' | 'putRows'>
  readonly onEvent: (event: RegistryEvent) => void
}): Promise<RegistryServer | null> {
  const { settings, security, users, catalog, onEvent } = parts
  if (settings.listen === '') return null
  const { host, port } = parseHostPort(settings.listen, 'registry.listen')
  if (!isLoopback(host) && !security.hasUsers && !security.allowInsecure) {
    throw new BrokerError({
      code: 'BROKER_INSECURE',
      message: `registry.listen = ${host}:${port} can be reached from other machines and asks for no login`,
      fault: 'caller',
      remedy:
        'Set broker.users to a file of logins, or listen on 127.0.0.1, or set broker.allow_insecure = true.',
    })
  }
  return await serveRegistry({
    registry: new Registry(catalogRecords(catalog)),
    host,
    port,
    onEvent,
    mayPass: async (login, isWrite) => {
      if (!security.hasUsers) return true
      if (login === null) return !isWrite && settings.anonymous_read
      if (!(await users.isPassword(login.user, login.password))) return false
      // Schemas belong to all topics, so who changes them needs the right to change the cluster.
      const wanted = { operation: 'alter', resource: 'cluster', name: '' } as const
      return !isWrite || mayAccess(security.rules, login.user, wanted)
    },
  })
}
