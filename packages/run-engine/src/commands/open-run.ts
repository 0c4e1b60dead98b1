import { RunBundle } from '../engine/run-bundle.ts'
import { whenKnown } from '../engine/maybe-promise.ts'
import type { Command } from '../engine/command.ts'
import { messageSequenceError } from '../error.ts'

/* open_run: kwargs = metadata of the plan. Metadata, highest precedence first: of the call, of the message, computed
 * from the plan, persistent. The scan_id is kept before anything is checked, so a refused run uses one up. */
export const openRun: Command = (core, msg) => {
  if (core.runs.has(msg.run)) {
    throw messageSequenceError("an 'open_run' came before the run of this key was closed with 'close_run'")
  }
  const store = core.options.metadata
  return whenKnown(core.options.scanIdSource(store.values), (scanId) => {
    store.values['scan_id'] = scanId
    store.save()
    const metadata = {
      ...store.values,
      plan_type: 'generator',
      plan_name: core.planName,
      ...msg.kwargs,
      ...core.callMetadata,
    }
    core.options.metadataValidator(metadata)
    const run = new RunBundle({
      metadata: core.options.metadataNormalizer(structuredCloneOf(metadata)),
      recordInterruptions: core.options.recordInterruptions,
      emit: core.emit,
      report: core.report,
    })
    core.runs.set(msg.run, run)
    core.runStartUids.push(run.uid)
    return run.uid
  })
}

/** The start document must not change when a plan goes on using its metadata. */
function structuredCloneOf(metadata: Record<string, unknown>): Record<string, unknown> {
  return structuredClone(metadata)
}
