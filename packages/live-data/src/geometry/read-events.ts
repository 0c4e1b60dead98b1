import { timeUnitNs } from '../data/units.ts'
import { LiveDataError } from '../error.ts'
import type { RecordedEvents } from '../fakes/nexus-replay.ts'
import type { NexusFile } from './nexus-file.ts'

/* NXevent_data: event_time_offset and event_id, of an NXdetector or NXmonitor or in a group of its own within one. */

/** Events of all detectors, or of all monitors (named monitor1, monitor2, … in the order of the file). Throws LIVEDATA_REFUSED. */
export async function readEvents(
  file: NexusFile,
  kind: 'NXdetector' | 'NXmonitor',
): Promise<readonly RecordedEvents[]> {
  const found: RecordedEvents[] = []
  for (const path of await file.paths()) {
    const name = '/event_time_offset'
    if (!path.endsWith(name)) continue
    const group = path.slice(0, -name.length)
    const owner = await ownerOf(file, { group, kind })
    if (owner === null) continue
    const events = await readGroup(file, group)
    if (events === null) continue
    const source = kind === 'NXmonitor' ? `monitor${found.length + 1}` : owner
    found.push({ source, ...events })
  }
  if (found.length === 0) throw wrong(`no ${kind} of the file has events`)
  return found
}

/** Name of the group itself, or of the one that it is in, when that is of the kind. */
async function ownerOf(
  file: NexusFile,
  { group, kind }: { readonly group: string; readonly kind: string },
): Promise<string | null> {
  const parent = group.slice(0, group.lastIndexOf('/'))
  for (const path of [group, parent]) {
    if (path === '') continue
    const attributes = await file.attributes(path)
    if (attributes.get('NX_class') === kind) return path.slice(path.lastIndexOf('/') + 1)
  }
  return null
}

async function readGroup(
  file: NexusFile,
  group: string,
): Promise<Pick<RecordedEvents, 'toa' | 'pixel'> | null> {
  const path = `${group}/event_time_offset`
  const times = await file.numbers(path)
  const ids = await file.numbers(`${group}/event_id`)
  if (times === null || times.values.length === 0) return null
  const unit = (await file.attributes(path)).get('units')
  const factor = timeUnitNs(typeof unit === 'string' ? unit : 'ns')
  if (factor === null) throw wrong(`${path} is given in ${String(unit)}, which is no unit of time`)
  const isWhole = ids !== null && ids.values.length === times.values.length
  if (ids !== null && !isWhole && ids.values.length > 0)
    throw wrong(`${group} has ${times.values.length} times and ${ids.values.length} ids`)
  return {
    toa: Int32Array.from(times.values, (time) => Math.round(time * factor)),
    pixel: isWhole ? Int32Array.from(ids.values) : new Int32Array(times.values.length).fill(1),
  }
}

function wrong(message: string): LiveDataError {
  return new LiveDataError({
    code: 'LIVEDATA_REFUSED',
    message,
    fault: 'environment',
    remedy: 'choose a NeXus file with events',
  })
}
