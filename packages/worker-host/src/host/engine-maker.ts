import type { Logger } from '@beamtime/service-kit'
import type { EngineEvents, WorkerEngine } from '../worker-engine.ts'
import type { WorkerSpec } from '../worker-spec.ts'

/** Loads the code of the engine that the spec names; the other one costs nothing. */
export async function engineMaker(options: {
  readonly spec: WorkerSpec
  readonly cwd: string
  readonly log: Logger
  print(text: string): void
}): Promise<(events: EngineEvents) => WorkerEngine> {
  const { spec, cwd, log } = options
  const shared = {
    cwd,
    log,
    startup: spec.startup,
    deviceMaxDepth: spec.deviceMaxDepth,
    facilityMetadata: spec.metadata,
    recordInterruptions: spec.recordInterruptions,
  }
  if (spec.worker === 'python') {
    const { createPythonEngine } = await import('../python-engine/python-engine.ts')
    return (events) =>
      createPythonEngine({
        ...shared,
        python: spec.python,
        runtimeDir: spec.runtimeDir,
        topic: spec.topic,
        zmqProxy: spec.zmqProxy ?? '',
        ignoreInvalidPlans: spec.ignoreInvalidPlans ?? false,
        logLevel: spec.log.level,
        print: (text) => options.print(text),
        events,
      })
  }
  const { createNativeEngine } = await import('../native/native-engine.ts')
  return (events) =>
    createNativeEngine({
      ...shared,
      queue: spec.queue,
      dataDir: spec.dataDir,
      initialMetadata: spec.startup.kind === 'demo' ? { metadata_key: 'metadata_value' } : {},
      events,
    })
}
