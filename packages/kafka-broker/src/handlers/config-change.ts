import { kafkaError } from '../core/error-codes.ts'
import { checkTopicConfig } from '../core/topic-config.ts'
import type { Topic } from '../log/topic-store.ts'
import { type Call, may } from './api.ts'
import { resourceType } from './describe-configs.ts'

/** One entry of an AlterConfigs or IncrementalAlterConfigs response. */
export interface ChangeResult {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
}

export interface WantedChange {
  readonly resourceType: number
  readonly resourceName: string
  readonly validateOnly: boolean
  /** The new settings of the topic, or one sentence on what is wrong. */
  readonly settingsOf: (topic: Topic) => Readonly<Record<string, string>> | string
}

/** Checks and stores new settings of a topic; they hold before this resolves. */
export async function changeConfigs(change: WantedChange, call: Call): Promise<ChangeResult> {
  const { core, clientId } = call
  const { resourceName } = change
  const done = (errorCode: number, errorMessage: string | null): ChangeResult => ({
    errorCode,
    errorMessage,
    resourceType: change.resourceType,
    resourceName,
  })
  if (change.resourceType !== resourceType.topic) {
    return done(
      kafkaError.invalidRequest,
      'Settings of topics can be changed; those of the broker stand in its configuration file.',
    )
  }
  if (!may(call, 'alter', ['topic', resourceName]))
    return done(kafkaError.topicAuthorizationFailed, `Changing topic '${resourceName}' is not allowed.`)
  const topic = core.store.topic(resourceName)
  if (topic === undefined)
    return done(kafkaError.unknownTopicOrPartition, `Topic '${resourceName}' does not exist.`)
  const settings = change.settingsOf(topic)
  if (typeof settings === 'string') return done(kafkaError.invalidConfig, settings)
  for (const [name, value] of Object.entries(settings)) {
    const problem = checkTopicConfig(name, value)
    if (problem !== null) return done(kafkaError.invalidConfig, problem)
  }
  if (!change.validateOnly) {
    await core.store.configure(resourceName, settings)
    core.onEvent({ kind: 'topic-configured', topic: resourceName, by: clientId })
  }
  return done(kafkaError.none, null)
}
