import { BrokerError } from '../error.ts'

/* The allow list `broker.acl`. Empty: everyone may do everything. Otherwise only what a rule names is allowed:
 *   { user = "alice", topic = "alerts.*", operations = ["read", "write"] }     a * at the end: every name that begins so
 *   { user = "alice", group = "alice*", operations = ["read"] }
 *   { user = "*", topic = "*", operations = ["describe"] }                      everyone
 *   { user = "ANONYMOUS", cluster = true, topic = "*", group = "*", operations = ["all"] }   clients without a login
 * Who may read, write, create or alter may also describe. */

export const accessOperations = ['read', 'write', 'create', 'describe', 'alter'] as const
export type AccessOperation = (typeof accessOperations)[number]
export type AccessResource = 'topic' | 'group' | 'cluster'

/** Principal of a connection without a login. */
export const anonymous = 'ANONYMOUS'

interface Rule {
  readonly user: string
  readonly patterns: ReadonlyMap<AccessResource, string>
  readonly operations: ReadonlySet<string>
}

export type AccessRules = readonly Rule[]

function invalid(index: number, what: string): BrokerError {
  return new BrokerError({
    code: 'BROKER_CONFIG_INVALID',
    message: `broker.acl[${index}]: ${what}`,
    fault: 'caller',
    remedy: 'Write { user = "name", topic = "name or prefix*", operations = ["read", "write"] }.',
  })
}

/** Throws BROKER_CONFIG_INVALID. */
export function parseAccessRules(raw: unknown): AccessRules {
  if (!Array.isArray(raw)) throw invalid(0, 'the list has to be an array of tables')
  return raw.map((one: unknown, index) => {
    if (typeof one !== 'object' || one === null) throw invalid(index, 'a rule has to be a table')
    const { user, topic, group, cluster, operations, ...rest } = one as Readonly<Record<string, unknown>>
    const [unknown] = Object.keys(rest)
    if (unknown !== undefined) throw invalid(index, `unknown key ${unknown}`)
    if (typeof user !== 'string' || user === '') throw invalid(index, 'user is missing')
    const patterns = new Map<AccessResource, string>()
    if (typeof topic === 'string') patterns.set('topic', topic)
    if (typeof group === 'string') patterns.set('group', group)
    if (cluster === true) patterns.set('cluster', '*')
    if (patterns.size === 0) throw invalid(index, 'name a topic, a group, or cluster = true')
    return { user: user.replace(/^User:/, ''), patterns, operations: operationsOf(operations, index) }
  })
}

function operationsOf(given: unknown, index: number): ReadonlySet<string> {
  if (!Array.isArray(given) || given.length === 0) throw invalid(index, 'operations is missing')
  for (const one of given) {
    if (one !== 'all' && !(accessOperations as readonly unknown[]).includes(one))
      throw invalid(
        index,
        `unknown operation ${JSON.stringify(one)}; there are ${accessOperations.join(', ')} and all`,
      )
  }
  return new Set(given as string[])
}

/** Whether a user may do something; `name` is '' for the cluster. */
export function mayAccess(
  rules: AccessRules,
  user: string,
  wanted: { readonly operation: AccessOperation; readonly resource: AccessResource; readonly name: string },
): boolean {
  if (rules.length === 0) return true
  const { operation, resource, name } = wanted
  return rules.some((rule) => {
    if (rule.user !== '*' && rule.user !== user) return false
    const pattern = rule.patterns.get(resource)
    if (pattern === undefined || !isMatch(pattern, name)) return false
    return rule.operations.has('all') || rule.operations.has(operation) || operation === 'describe'
  })
}

function isMatch(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
