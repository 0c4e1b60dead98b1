import type { PlayOptionTexts, RecordOptionTexts } from '@beamtime/stream-replay'
import type { TopicOptions } from '../topic/topic-options.ts'

export interface StreamOptions extends TopicOptions {
  /** Address of a schema registry. */
  readonly registry?: string
}

type Texts<T> = { readonly [K in keyof T]?: T[K] }

export interface RecordCommandOptions extends StreamOptions, Texts<Omit<RecordOptionTexts, 'topics'>> {
  readonly output: string
  readonly progress?: string
}

/** `--profile` is a pace here. */
export interface PlayCommandOptions
  extends Omit<StreamOptions, 'profile'>, Texts<Omit<PlayOptionTexts, 'source'>> {
  readonly dryRun?: boolean
  readonly progress?: string
}

export interface ChoiceOptions extends StreamOptions {
  readonly start?: string
  readonly stop?: string
  readonly select?: string
  readonly limit?: string
  readonly format?: string
  readonly output?: string
}

export interface ImportCommandOptions extends StreamOptions {
  readonly output?: string
  readonly topic: string
  readonly format?: string
  readonly timePath?: string
  readonly schemaId?: string
  readonly force?: boolean
}

export interface ServeCommandOptions extends StreamOptions {
  readonly as?: string
  readonly listen?: string
}
