import type { MessageOf } from '../core/codec.ts'
import { configType, topicSettings } from '../core/topic-config.ts'
import type { Topic } from '../log/topic-store.ts'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '../messages/incremental-alter-configs.ts'
import { defineApi } from './api.ts'
import { changeConfigs } from './config-change.ts'

type Change = MessageOf<typeof incrementalAlterConfigsRequest>['resources'][number]['configs'][number]

const operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const

function listOf(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',')
}

/** The settings of a topic after the changes, or one sentence on what is wrong. */
function changed(topic: Topic, changes: readonly Change[]): Readonly<Record<string, string>> | string {
  const settings: Record<string, string> = { ...topic.entry.configs }
  for (const { name, configOperation, value } of changes) {
    const setting = topicSettings[name]
    if (setting === undefined) return `unknown topic setting ${name}`
    if (configOperation === operation.delete) {
      delete settings[name]
      continue
    }
    if (value === null) return `${name}: a value is needed`
    if (configOperation === operation.set) {
      settings[name] = value
      continue
    }
    if (setting.type !== configType.list) return `${name} is no list`
    const items = listOf(settings[name] ?? setting.default)
    const given = listOf(value)
    if (configOperation === operation.append) settings[name] = [...new Set([...items, ...given])].join(',')
    else if (configOperation === operation.subtract)
      settings[name] = items.filter((item) => !given.includes(item)).join(',')
    else return `unknown operation ${configOperation}`
  }
  return settings
}

export const incrementalAlterConfigs = defineApi({
  name: 'IncrementalAlterConfigs',
  versions: [0, 1],
  request: incrementalAlterConfigsRequest,
  response: incrementalAlterConfigsResponse,
  handle: async ({ resources, validateOnly }, call) => {
    const responses = []
    for (const { resourceType, resourceName, configs } of resources) {
      const settingsOf = (topic: Topic): Readonly<Record<string, string>> | string => changed(topic, configs)
      responses.push(await changeConfigs({ resourceType, resourceName, validateOnly, settingsOf }, call))
    }
    return { responses }
  },
})
