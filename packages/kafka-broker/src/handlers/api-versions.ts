import { kafkaError } from '../core/error-codes.ts'
import { apiVersionsRequest, apiVersionsResponse } from '../messages/api-versions.ts'
import { type Api, defineApi } from './api.ts'

/** The list that both a proper answer and the answer to an unknown version carry. */
export function supportedApis(
  apis: ReadonlyMap<number, Api>,
): { apiKey: number; minVersion: number; maxVersion: number }[] {
  return Array.from(apis.values(), (api) => ({
    apiKey: api.key,
    minVersion: api.versions[0],
    maxVersion: api.versions[1],
  })).toSorted((a, b) => a.apiKey - b.apiKey)
}

export const apiVersions = defineApi({
  name: 'ApiVersions',
  versions: [0, 4],
  request: apiVersionsRequest,
  response: apiVersionsResponse,
  handle: (request, { core, peer }) => {
    if (request.clientSoftwareName !== '')
      peer.software = `${request.clientSoftwareName} ${request.clientSoftwareVersion}`
    return { errorCode: kafkaError.none, apiKeys: supportedApis(core.apis) }
  },
})
