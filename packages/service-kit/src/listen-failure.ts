import { ConfigError } from './config-error.ts'

/**
 * The readable error for an address that cannot be listened on; names the key to change. `error` is what
 * `listen` gave; an error that says nothing about the address comes back unchanged.
 */
export function listenFailure(
  error: unknown,
  place: { readonly key: string; readonly address: string },
): unknown {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return new ConfigError({
        code: 'CONFIG_ADDRESS_IN_USE',
        message: `${place.key}: ${place.address} is taken by another process`,
        fault: 'environment',
        remedy: `stop that process (\`beamtime doctor\` names it) or change ${place.key}`,
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'EACCES':
    case 'ENOTFOUND':
      return new ConfigError({
        code: 'CONFIG_ADDRESS_UNUSABLE',
        message: `${place.key}: ${place.address} cannot be listened on (${code})`,
        fault: 'environment',
        remedy: `change ${place.key} to an address of this machine and a port above 1023`,
        cause: error,
      })
    default:
      return error
  }
}
