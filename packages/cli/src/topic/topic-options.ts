import type { PlaceOptions } from '../commands/run-action.ts'

export interface TopicOptions extends PlaceOptions {
  readonly bootstrap?: string
  readonly json?: boolean
}

export interface ConsumeOptions extends TopicOptions {
  readonly from?: string
  readonly count?: string
  readonly follow?: boolean
  readonly format?: string
}

export interface ProduceOptions extends TopicOptions {
  readonly key?: string
  readonly partition?: string
}
