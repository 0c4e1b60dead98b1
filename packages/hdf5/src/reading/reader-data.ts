import type { Hdf5ErrorCode } from '../error.ts'
import type { Entity, Statistics, Values } from './entity.ts'
import type { ArraySelection } from './selection.ts'

/** What the reader's thread is given. */
export interface ReaderData {
  readonly maxBytes: number
  readonly maxOpenFiles: number
  /** Real paths; undefined = anywhere. */
  readonly roots: readonly string[] | undefined
}

/** What can be asked, and what is answered. */
export interface ReaderCalls {
  readonly entity: { readonly ask: { readonly path: string }; readonly answer: Entity }
  readonly attributes: {
    readonly ask: { readonly path: string; readonly names?: readonly string[] }
    readonly answer: Readonly<Record<string, Values>>
  }
  readonly read: {
    readonly ask: { readonly path: string; readonly selection?: ArraySelection }
    readonly answer: Values
  }
  readonly paths: { readonly ask: object; readonly answer: readonly string[] }
  readonly statistics: {
    readonly ask: { readonly path: string; readonly selection?: ArraySelection }
    readonly answer: Statistics
  }
}

export type ReaderRequest = {
  [Call in keyof ReaderCalls]: {
    readonly call: Call
    readonly number: number
    readonly file: string
  } & ReaderCalls[Call]['ask']
}[keyof ReaderCalls]

export interface ReaderFault {
  readonly code: Hdf5ErrorCode
  readonly message: string
  readonly remedy: string
  readonly fault: 'caller' | 'peer' | 'environment'
  readonly canRetry: boolean
}

export type ReaderAnswer =
  | { readonly number: number; readonly ok: true; readonly value: unknown }
  | { readonly number: number; readonly ok: false; readonly fault: ReaderFault }
