import { configSource, configType, topicSettings } from '../core/topic-config.ts'
import type { BrokerCore } from './api.ts'

/** One setting as DescribeConfigs and CreateTopics tell it. */
export interface ConfigEntry {
  readonly name: string
  readonly value: string | null
  readonly readOnly: boolean
  readonly isSensitive: boolean
  readonly source: number
  readonly type: number
  readonly doc: string
  /** From the most to the least specific. */
  readonly synonyms: readonly {
    readonly name: string
    readonly value: string | null
    readonly source: number
  }[]
}

type Values = Readonly<Record<string, string>>

/** All settings of a topic: its own, those of the broker's configuration, and Kafka's defaults. */
export function describeTopicConfigs(own: Values, brokerDefaults: Values): ConfigEntry[] {
  return Object.entries(topicSettings).map(([name, setting]) => {
    const synonyms: { name: string; value: string | null; source: number }[] = []
    const ownValue = own[name]
    const brokerValue = brokerDefaults[name]
    if (ownValue !== undefined) synonyms.push({ name, value: ownValue, source: configSource.topic })
    if (brokerValue !== undefined)
      synonyms.push({ name, value: brokerValue, source: configSource.staticBroker })
    synonyms.push({ name, value: setting.default, source: configSource.defaultValue })
    const [first = { value: setting.default, source: configSource.defaultValue }] = synonyms
    const { type, doc } = setting
    return {
      name,
      value: first.value,
      readOnly: false,
      isSensitive: false,
      source: first.source,
      type,
      doc,
      synonyms,
    }
  })
}

/** What clients ask a broker for: kafka-ui and librdkafka's tests read these names. */
export function describeBrokerConfigs(core: BrokerCore): ConfigEntry[] {
  const entry = (name: string, value: string, type: number): ConfigEntry => {
    const source = configSource.staticBroker
    return {
      name,
      value,
      readOnly: true,
      isSensitive: false,
      source,
      type,
      doc: '',
      synonyms: [{ name, value, source }],
    }
  }
  const topicDefault = (name: string): string =>
    core.store.topicDefaults[name] ?? topicSettings[name]?.default ?? ''
  return [
    entry('broker.id', String(core.nodeId), configType.int),
    entry('node.id', String(core.nodeId), configType.int),
    entry('auto.create.topics.enable', String(core.autoCreateTopics), configType.boolean),
    entry('num.partitions', String(core.defaultPartitions), configType.int),
    entry('default.replication.factor', '1', configType.int),
    entry('log.dirs', core.dataDirectory, configType.string),
    entry('log.segment.bytes', topicDefault('segment.bytes'), configType.int),
    entry('log.retention.ms', topicDefault('retention.ms'), configType.long),
    entry('log.retention.bytes', topicDefault('retention.bytes'), configType.long),
    entry('log.cleanup.policy', 'delete', configType.list),
    entry('message.max.bytes', topicDefault('max.message.bytes'), configType.int),
    entry('min.insync.replicas', '1', configType.int),
    entry('offsets.retention.minutes', '10080', configType.int),
    entry('group.min.session.timeout.ms', '6000', configType.int),
    entry('group.max.session.timeout.ms', '1800000', configType.int),
  ]
}
