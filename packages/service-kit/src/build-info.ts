import { readFileSync } from 'node:fs'

export interface BuildInfo {
  readonly version: string
  /** Short hash of the source, or 'unknown' where the release does not carry one. */
  readonly commit: string
}

/** Version of this release and the commit it was made from (BEAMTIME_COMMIT or the checkout's HEAD). */
export function buildInfo(): BuildInfo {
  return {
    version: versionOfPackage(),
    commit: process.env.BEAMTIME_COMMIT ?? commitOfCheckout() ?? 'unknown',
  }
}

function versionOfPackage(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version?: unknown }
  return typeof version === 'string' ? version : '0.0.0'
}

/** Reads .git directly: starting git costs more than the whole command line may take. */
function commitOfCheckout(): string | null {
  try {
    const root = new URL('../../../.git/', import.meta.url)
    const head = readFileSync(new URL('HEAD', root), 'utf8').trim()
    const hash = head.startsWith('ref: ') ? readFileSync(new URL(head.slice(5), root), 'utf8').trim() : head
    return /^[0-9a-f]{40}$/.test(hash) ? hash.slice(0, 12) : null
  } catch {
    return null // not a checkout, or a packed reference
  }
}
