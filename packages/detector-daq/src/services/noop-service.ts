import type { PrimaryService } from './service-functions.ts'

/** The smallest service: takes every request and does nothing. */
export const noopService: PrimaryService = {
  kind: 'primary',
  onRequest() {
    return undefined
  },
  onKill() {
    // nothing runs
  },
}
