import type { MessageOf } from '../core/codec.ts'
import { kafkaError } from '../core/error-codes.ts'
import { configSource } from '../core/topic-config.ts'
import { describeConfigsRequest, describeConfigsResponse } from '../messages/describe-configs.ts'
import { type Call, defineApi, may } from './api.ts'
import { type ConfigEntry, describeBrokerConfigs, describeTopicConfigs } from './config-entries.ts'

type Request = MessageOf<typeof describeConfigsRequest>
type Resource = Request['resources'][number]

export const resourceType = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const

type Found =
  | { readonly entries: readonly ConfigEntry[] }
  | { readonly errorCode: number; readonly errorMessage: string }

function find({ resourceType: type, resourceName }: Resource, call: Call): Found {
  const { core } = call
  switch (type) {
    case resourceType.topic: {
      if (!may(call, 'describe', ['topic', resourceName]))
        return {
          errorCode: kafkaError.topicAuthorizationFailed,
          errorMessage: `Topic '${resourceName}' is not yours to see.`,
        }
      const topic = core.store.topic(resourceName)
      if (topic === undefined) {
        return {
          errorCode: kafkaError.unknownTopicOrPartition,
          errorMessage: `Topic '${resourceName}' does not exist.`,
        }
      }
      return { entries: describeTopicConfigs(topic.entry.configs, core.store.topicDefaults) }
    }
    case resourceType.broker: {
      if (resourceName === '' || resourceName === String(core.nodeId))
        return { entries: describeBrokerConfigs(core) }
      return { errorCode: kafkaError.invalidRequest, errorMessage: `The only broker is ${core.nodeId}.` }
    }
    case resourceType.brokerLogger:
    case resourceType.clientMetrics:
    case resourceType.group:
      return { entries: [] }
    default:
      return { errorCode: kafkaError.invalidRequest, errorMessage: `Unknown resource type ${type}.` }
  }
}

function result(resource: Resource, call: Call, request: Request): ResourceResult {
  const found = find(resource, call)
  const { resourceType: type, resourceName, configurationKeys } = resource
  if ('errorCode' in found) return { ...found, resourceType: type, resourceName, configs: [] }
  const wanted = configurationKeys === null ? null : new Set(configurationKeys)
  const configs = found.entries
    .filter(({ name }) => wanted === null || wanted.has(name))
    .map((entry) => ({
      name: entry.name,
      value: entry.value,
      readOnly: entry.readOnly,
      isDefault: entry.source === configSource.defaultValue,
      configSource: entry.source,
      isSensitive: entry.isSensitive,
      synonyms: request.includeSynonyms ? entry.synonyms : [],
      configType: entry.type,
      documentation: request.includeDocumentation ? entry.doc : null,
    }))
  return { errorCode: kafkaError.none, errorMessage: null, resourceType: type, resourceName, configs }
}

interface ResourceResult {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly {
    readonly name: string
    readonly value: string | null
    readonly readOnly: boolean
    readonly isDefault: boolean
    readonly configSource: number
    readonly isSensitive: boolean
    readonly synonyms: ConfigEntry['synonyms']
    readonly configType: number
    readonly documentation: string | null
  }[]
}

export const describeConfigs = defineApi({
  name: 'DescribeConfigs',
  versions: [0, 4],
  request: describeConfigsRequest,
  response: describeConfigsResponse,
  handle: (request, call) => ({
    results: request.resources.map((resource) => result(resource, call, request)),
  }),
})
