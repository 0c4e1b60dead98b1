import type { AuditLog } from '../../services/audit-log.ts'
import type { Channel } from '../channel.ts'

const snapEntries = 50

export function auditChannel(audit: AuditLog): Channel {
  return {
    scope: 'read:monitor',
    open(subscription) {
      const snap = (): void => {
        const query = { limit: snapEntries, before: null, user: null, method: null, q: null }
        subscription.snap(audit.page(query))
      }
      snap()
      return { set: snap, close: audit.onEntry((entry) => subscription.event(entry)) }
    },
  }
}
