import { join } from 'node:path'
import {
  RunEngine,
  builtinCommands,
  fileMetadata,
  msgMutator,
  type DocumentCallback,
  type Preprocessor,
} from '@beamtime/run-engine'
import type { NamedDocument } from '@beamtime/event-model'
import { runTable } from '../console/run-table.ts'
import type { EngineEvents } from '../worker-engine.ts'
import { createDeviceWatch } from './device-watch.ts'

export interface EngineSettings {
  readonly queue: string
  readonly dataDir: string
  /** Lowest precedence in start documents, never stored. */
  readonly facilityMetadata: Readonly<Record<string, unknown>>
  /** Put into the stored metadata when it is new. */
  readonly initialMetadata: Readonly<Record<string, unknown>>
  readonly recordInterruptions: boolean
  readonly events: EngineEvents
}

/** A new engine whose metadata is kept in `state/run-metadata-<queue>.json`. */
export function createRunEngine(settings: EngineSettings): RunEngine {
  const metadata = fileMetadata(metadataPath(settings))
  if (Object.keys(metadata.values).length === 0) Object.assign(metadata.values, settings.initialMetadata)
  const engine = new RunEngine({
    metadata,
    metadataNormalizer: (values) => ({ ...settings.facilityMetadata, ...values }),
    recordInterruptions: settings.recordInterruptions,
  })
  connect(engine, settings)
  return engine
}

/** An engine that startup code made and exported as `RE`: its metadata is kept all the same, and the facility's
 * metadata goes below what its plans say. */
export function adoptRunEngine(engine: RunEngine, settings: EngineSettings): RunEngine {
  const stored = fileMetadata(metadataPath(settings))
  Object.assign(engine.md, { ...settings.initialMetadata, ...stored.values, ...engine.md })
  engine.preprocessors.push(addBelow(settings.facilityMetadata))
  engine.subscribe(() => {
    Object.assign(stored.values, engine.md)
    stored.save()
  }, 'start')
  connect(engine, settings)
  return engine
}

export function isRunEngine(value: unknown): value is RunEngine {
  return value instanceof RunEngine
}

function metadataPath(settings: EngineSettings): string {
  return join(settings.dataDir, 'state', `run-metadata-${settings.queue}.json`)
}

function addBelow(metadata: Readonly<Record<string, unknown>>): Preprocessor {
  return (plan) =>
    msgMutator(plan, (msg) =>
      msg.command === 'open_run' ? { ...msg, kwargs: { ...metadata, ...msg.kwargs } } : msg,
    )
}

function connect(engine: RunEngine, settings: EngineSettings): void {
  const { events } = settings
  const { hooks } = engine
  const devices = createDeviceWatch((progress) => events.devices(progress))
  const { stateHook, waitingHook } = hooks
  hooks.stateHook = (now, before) => {
    stateHook?.(now, before)
    events.stateChanged()
  }
  hooks.waitingHook = (statuses) => {
    waitingHook?.(statuses)
    devices.waiting(statuses)
  }
  engine.registerCommand('checkpoint', (core, msg) => {
    builtinCommands.checkpoint(core, msg)
    return events.admit() ?? undefined
  })
  hooks.noticeHook ??= (line) => events.notice(line)
  hooks.errorHook ??= (event, error) => {
    events.notice(`${event}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
  const publish: DocumentCallback = (name, doc) => events.document([name, doc] as unknown as NamedDocument)
  engine.subscribe(publish, 'all', { critical: true })
  engine.subscribe(runTable((line) => events.notice(line)))
}
