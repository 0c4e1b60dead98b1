import { alterConfigsRequest, alterConfigsResponse } from '../messages/alter-configs.ts'
import { defineApi } from './api.ts'
import { changeConfigs } from './config-change.ts'

/** Replaces all settings of a topic by those that are named. */
export const alterConfigs = defineApi({
  name: 'AlterConfigs',
  versions: [0, 2],
  request: alterConfigsRequest,
  response: alterConfigsResponse,
  handle: async ({ resources, validateOnly }, call) => {
    const responses = []
    for (const { resourceType, resourceName, configs } of resources) {
      const settings = Object.fromEntries(
        configs.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])),
      )
      responses.push(
        await changeConfigs({ resourceType, resourceName, validateOnly, settingsOf: () => settings }, call),
      )
    }
    return { responses }
  },
})
