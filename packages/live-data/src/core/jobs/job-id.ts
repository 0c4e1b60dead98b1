/** Which generation of the protocol a peer speaks; A is known by its message keys, B and C look alike. */
export type Dialect = 'A' | 'B' | 'C'

export interface WorkflowId {
  readonly instrument: string
  readonly name: string
  readonly version: number
}

export interface JobId {
  readonly source_name: string
  readonly job_number: string
}

/** Key of a job in maps; a stream name may hold any character, a job number holds no line break. */
export function jobKey(id: JobId): string {
  return `${id.job_number}\n${id.source_name}`
}

/** As status messages carry it; dialect A has the service's name in it. */
export function workflowText(
  id: WorkflowId,
  place: { readonly dialect: Dialect; readonly namespace: string },
): string {
  const { instrument, name, version } = id
  return place.dialect === 'A'
    ? `${instrument}/${place.namespace}/${name}/${version}`
    : `${instrument}/${name}/${version}`
}
