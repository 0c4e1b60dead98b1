/** Exit codes of a service: what its supervisor or systemd may conclude. */
export const exitCodes = {
  ok: 0,
  crash: 1,
  /** A dependency refuses for good (authentication, authorisation). */
  dependencyFatal: 69,
  internal: 70,
  /** May work when tried again. */
  temporary: 75,
  /** The configuration has to be changed; not restarted. */
  config: 78,
} as const

const configCodes = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EROFS', 'ENOTDIR'])

const configCodePattern =
  /_(ADDRESS_IN_USE|PORT_IN_USE|INSECURE|CONFIG_INVALID|CONFIG|ADDRESS_UNUSABLE|UNWRITABLE|FORMAT_NEWER)$/

/**
 * Exit code of a service that could not start. An error decides itself with a property `exitCode`; otherwise
 * codes that say configuration (CONFIG_*, …_ADDRESS_IN_USE, …_INSECURE, …_FORMAT_NEWER, EADDRINUSE, EACCES) and
 * errors that are the caller's fault give 78, errors that can be retried 75, all else 70.
 */
export function exitCodeOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return exitCodes.internal
  const { exitCode, code, canRetry, fault, remedy } = error as Readonly<Record<string, unknown>>
  if (typeof exitCode === 'number' && exitCode > 0 && exitCode < 256) return exitCode
  if (typeof code === 'string') {
    if (code.startsWith('CONFIG_') || configCodes.has(code)) return exitCodes.config
    if (configCodePattern.test(code)) return exitCodes.config
  }
  // At a service's start the caller is its configuration.
  if (fault === 'caller' && typeof remedy === 'string') return exitCodes.config
  return canRetry === true ? exitCodes.temporary : exitCodes.internal
}
