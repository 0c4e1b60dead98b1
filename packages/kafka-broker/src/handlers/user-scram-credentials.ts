import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import type { MessageOf } from '../core/codec.ts'
import {
  alterUserScramRequest,
  alterUserScramResponse,
  describeUserScramRequest,
  describeUserScramResponse,
} from '../messages/user-scram-credentials.ts'
import { iterationsRange, type ScramMechanism, scramMechanisms, verifierOfSalted } from '../security/scram.ts'
import { type Call, defineApi, may } from './api.ts'

type Upsertion = MessageOf<typeof alterUserScramRequest>['upsertions'][number]

interface UserResult {
  readonly user: string
  readonly errorCode: KafkaErrorCode
  readonly errorMessage: string | null
}

function mechanismOf(wireType: number): ScramMechanism | null {
  const names = Object.keys(scramMechanisms) as ScramMechanism[]
  return names.find((name) => scramMechanisms[name].wireType === wireType) ?? null
}

export const describeUserScramCredentials = defineApi({
  name: 'DescribeUserScramCredentials',
  versions: [0, 0],
  request: describeUserScramRequest,
  response: describeUserScramResponse,
  handle: async (request, call) => {
    if (!may(call, 'describe', ['cluster', '']))
      return { errorCode: kafkaError.clusterAuthorizationFailed, results: [] }
    const users = await call.core.users.list()
    const names = request.users === null ? [...users.keys()] : request.users.map(({ name }) => name)
    return {
      results: names.map((user) => {
        const known = users.get(user)
        if (known === undefined) {
          const errorMessage = `Attempt to describe a user credential that does not exist: ${user}`
          return { user, errorCode: kafkaError.resourceNotFound, errorMessage, credentialInfos: [] }
        }
        return {
          user,
          credentialInfos: known.map(({ mechanism, iterations }) => ({
            mechanism: scramMechanisms[mechanism].wireType,
            iterations,
          })),
        }
      }),
    }
  },
})

async function upsert(one: Upsertion, call: Call): Promise<UserResult> {
  const { name: user, iterations, salt, saltedPassword } = one
  const refused = (errorCode: KafkaErrorCode, errorMessage: string): UserResult => ({
    user,
    errorCode,
    errorMessage,
  })
  const mechanism = mechanismOf(one.mechanism)
  if (mechanism === null) return refused(kafkaError.unsupportedSaslMechanism, 'Unknown SCRAM mechanism')
  if (user === '') return refused(kafkaError.unacceptableCredential, 'Username must not be empty')
  if (iterations < iterationsRange.min)
    return refused(kafkaError.unacceptableCredential, 'Too few iterations')
  if (iterations > iterationsRange.max)
    return refused(kafkaError.unacceptableCredential, 'Too many iterations')
  await call.core.users.set(
    user,
    mechanism,
    verifierOfSalted(mechanism, { saltedPassword, salt, iterations }),
  )
  return { user, errorCode: kafkaError.none, errorMessage: null }
}

async function remove(user: string, wireType: number, call: Call): Promise<UserResult> {
  const mechanism = mechanismOf(wireType)
  if (mechanism === null)
    return { user, errorCode: kafkaError.unsupportedSaslMechanism, errorMessage: 'Unknown SCRAM mechanism' }
  if (await call.core.users.delete(user, mechanism))
    return { user, errorCode: kafkaError.none, errorMessage: null }
  const errorMessage =
    'Attempt to delete a user credential that does not exist, or that stands in the users file'
  return { user, errorCode: kafkaError.resourceNotFound, errorMessage }
}

export const alterUserScramCredentials = defineApi({
  name: 'AlterUserScramCredentials',
  versions: [0, 0],
  request: alterUserScramRequest,
  response: alterUserScramResponse,
  handle: async (request, call) => {
    const { deletions, upsertions } = request
    const isAllowed = may(call, 'alter', ['cluster', ''])
    const keys = [...deletions, ...upsertions].map(({ name, mechanism }) => `${mechanism}:${name}`)
    const results: UserResult[] = []
    for (const one of [...deletions, ...upsertions]) {
      const { name: user } = one
      if (results.some((result) => result.user === user)) continue
      if (!isAllowed) {
        results.push({ user, errorCode: kafkaError.clusterAuthorizationFailed, errorMessage: null })
      } else if (new Set(keys).size < keys.length && isTwice(`${one.mechanism}:${user}`, keys)) {
        const errorMessage = 'A user credential cannot be altered twice in the same request'
        results.push({ user, errorCode: kafkaError.duplicateResource, errorMessage })
      } else {
        results.push(await changeUser(user, { deletions, upsertions }, call))
      }
    }
    return { results }
  },
})

function isTwice(key: string, keys: readonly string[]): boolean {
  return keys.indexOf(key) !== keys.lastIndexOf(key)
}

/** All changes of one user; the first that fails is told. */
async function changeUser(
  user: string,
  wanted: MessageOf<typeof alterUserScramRequest>,
  call: Call,
): Promise<UserResult> {
  let result: UserResult = { user, errorCode: kafkaError.none, errorMessage: null }
  for (const { name, mechanism } of wanted.deletions) {
    if (name === user && result.errorCode === kafkaError.none) result = await remove(user, mechanism, call)
  }
  for (const one of wanted.upsertions) {
    if (one.name === user && result.errorCode === kafkaError.none) result = await upsert(one, call)
  }
  if (result.errorCode === kafkaError.none)
    call.core.onEvent({ kind: 'user-changed', user, by: call.peer.principal })
  return result
}
