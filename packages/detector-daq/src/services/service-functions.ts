import type { Logger } from '@beamtime/service-kit'

/** What every service is given at its start. */
export interface ServiceContext {
  /** Unique name: `facility.beamline.service`. */
  readonly name: string
  /** The service's JSON configuration; {} where there is none. */
  readonly config: Readonly<Record<string, unknown>>
  /** Values of the options that the service declared. */
  readonly args: Readonly<Record<string, string | boolean | undefined>>
  readonly log: Logger
  /** Aborts when the service is told to end. */
  readonly signal: AbortSignal
}

/** Runs without a broker until its signal aborts. */
export interface BackgroundService {
  readonly kind: 'background'
  run(context: ServiceContext): Promise<void>
}

/** Serves requests of its tag, one at a time. */
export interface PrimaryService {
  readonly kind: 'primary'
  onStart?(context: ServiceContext): Promise<void> | void
  /**
   * What it returns (text or nothing) is the message of `request_success`; what it throws makes `request_fail`. The signal aborts when
   * the request is killed or the service ends; it may be aborted already.
   */
  onRequest(requestId: string, request: unknown, signal: AbortSignal): unknown
  /** A kill came, maybe while `onRequest` awaits, maybe for a request that is not ours. */
  onKill?(requestId: string): void
  onStop?(): Promise<void> | void
}

/** Works on what another service has finished. */
export interface PostprocessingService {
  readonly kind: 'postprocessing'
  /** Name of the service whose success is awaited. */
  readonly primary: string
  onStart?(context: ServiceContext): Promise<void> | void
  /** `finished.message` is what the primary service returned. */
  onStatus(requestId: string, finished: FinishedRequest, signal: AbortSignal): unknown
  onKill?(requestId: string): void
  onStop?(): Promise<void> | void
}

export interface FinishedRequest {
  readonly request: unknown
  readonly message: string | null
}

export type ServiceFunctions = BackgroundService | PrimaryService | PostprocessingService

/** What a service has done since its start. */
export interface ServiceCounts {
  readonly succeeded: number
  readonly failed: number
  /** Messages that could not be served: no id, no JSON, too large. */
  readonly refused: number
  /** Requests that the broker threw out because too many waited. */
  readonly thrownOut: number
  readonly kills: number
}

/** A service at work. */
export interface RunningFunctions {
  readonly counts: ServiceCounts
  /** Ends what runs and waits for it, at most 5 s. May be called twice. */
  close(): Promise<void>
}
