import type { NamedDocument } from '@beamtime/event-model'
import type {
  AllowedNames,
  DeviceProgress,
  ExistingLists,
  FunctionToRun,
  PlanState,
  PlanToRun,
} from './protocol.ts'

/** What a worker host holds: the native run engine in this process, or a Python engine in a child. The host keeps
 * queue item, run list, reports, task results, console and documents; an engine only executes. */
export interface WorkerEngine {
  /** Loads the startup code. Rejects with WORKER_STARTUP_FAILED. */
  open(): Promise<void>
  /** State of the run engine, null when the startup code left none. */
  readonly reState: string | null
  readonly deferredPauseRequested: boolean
  /** What `open` and the last update found. */
  readonly lists: ExistingLists
  /** The engine's persistent metadata. Rejects when there is no engine. */
  metadata(): Promise<Record<string, unknown>>
  /** Per user group; null = every existing name. `permissions` are the rules that the names were made from, for an
   * engine that applies them itself. */
  setAllowed(allowed: Readonly<Record<string, AllowedNames>> | null, permissions: unknown): void
  /** Starts a plan; it has started when this resolves. Its end or pause is told by `EngineEvents`. Rejects when the
   * plan cannot be started, and then nothing has run. */
  startPlan(plan: PlanToRun, metadata: Readonly<Record<string, unknown>>): Promise<void>
  /** Asks for a pause and returns at once. Throws when the engine is not running. */
  requestPause(option: 'deferred' | 'immediate'): void
  /** Goes on with or ends a paused plan; stop, abort and halt also end a running one. Returns at once. Throws when
   * the state does not allow it. */
  continuePlan(option: 'resume' | 'stop' | 'abort' | 'halt', reason?: string): void
  /** Rejects with the script's error; names defined before it stay. */
  loadScript(script: ScriptToLoad): Promise<unknown>
  executeFunction(call: FunctionToRun, task: { readonly background: boolean }): Promise<unknown>
  /** False when nobody waits for a line. */
  answerInput(text: string): boolean
  close(): Promise<void>
}

export interface ScriptToLoad {
  /** TypeScript for the native engine, Python for the Python engine. */
  readonly script: string
  readonly update_lists: boolean
  readonly update_re: boolean
  readonly run_in_background: boolean
  readonly task_uid: string
}

export interface PlanOutcome {
  readonly state: Exclude<PlanState, 'paused' | 'unknown'>
  /** Text of the exception of a failed plan, '' otherwise. */
  readonly error: string
  readonly traceback: string
  /** Absent when the plan returned nothing or something that JSON cannot hold. */
  readonly returnValue?: unknown
}

export interface EngineEvents {
  /** In the order of emission. What it throws is thrown into the plan. `encoded`: its bytes, where an engine has made
   * them; they are sent as they are, with the number types of its language. */
  document(document: NamedDocument, encoded?: Uint8Array): void
  /** Asked at each checkpoint. null: go on. A promise: wait; its error is thrown into the plan. */
  admit(): Promise<void> | null
  stateChanged(): void
  paused(): void
  ended(outcome: PlanOutcome): void
  listsChanged(): void
  /** Devices that the plan waits for; empty when it goes on. */
  devices(devices: readonly DeviceProgress[]): void
  input(prompt: string): void
  /** A line for the console. */
  notice(line: string): void
  /** Startup code publishes to the documents topic by itself, or does so no longer. */
  publishedElsewhere(isSo: boolean): void
  /** The engine has died and with it everything that ran. It says nothing after that. */
  gone(reason: string): void
}
