import type { PlaceOptions } from '../commands/run-action.ts'

export interface RunsOptions extends PlaceOptions {
  readonly catalog?: string
  readonly json?: boolean
}

export interface ListOptions extends RunsOptions {
  readonly plan?: string
  readonly sample?: string
  readonly user?: string
  readonly status?: string
  readonly since?: string
  readonly until?: string
  readonly lines?: string
}

export interface ExportOptions extends RunsOptions {
  readonly format?: string
  readonly stream?: string
  readonly output?: string
}
