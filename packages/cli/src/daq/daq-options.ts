import type { PlaceOptions } from '../commands/run-action.ts'

export interface DaqCallOptions extends PlaceOptions {
  readonly url?: string
  readonly json?: boolean
}

export interface WriteOptions extends DaqCallOptions {
  readonly images?: string
  readonly async?: boolean
}

export interface SimulateOptions extends PlaceOptions {
  readonly host?: string
  readonly rate?: string
  readonly images?: string
  readonly first?: string
  readonly pattern?: string
  readonly drop?: string
  readonly dup?: string
  readonly reorder?: string
  readonly late?: string
  readonly gap?: string
  readonly seed?: string
}
