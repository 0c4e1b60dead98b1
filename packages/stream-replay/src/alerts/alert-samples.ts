import { randomBytes } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { ContainerWriter } from '@beamtime/stream-formats/avro'
import { type AlertVisit, alertDatums } from './alert-generator.ts'
import { alertSchema } from './alert-schema.ts'

export interface AlertSample {
  readonly path: string
  readonly alerts: number
  readonly bytes: number
}

/** Night of the samples: 2026-01-15 02:00 UTC. */
const firstMjd = 61_055.083_761_574_07
const secondsPerDay = 86_400

/** One CCD of one visit, as the alert simulator's own sample has it: 792 alerts at one time. */
const singleCcd = { visits: 1, detectors: 1, alerts: 792 }
/** Three visits, 37 s apart, of four CCDs. */
const severalVisits = { visits: 3, detectors: 4, alerts: 25 }

/** Writes `rubin_single_ccd_sample.avro` (792 alerts, snappy) and `rubin_sample.avro` (300 alerts of three visits). */
export async function writeAlertSamples(directory: string): Promise<readonly AlertSample[]> {
  await mkdir(directory, { recursive: true })
  return [
    await writeAlertFile(join(directory, 'rubin_single_ccd_sample.avro'), singleCcd),
    await writeAlertFile(join(directory, 'rubin_sample.avro'), severalVisits),
  ]
}

/** Writes a container file of alerts: visits 37 s apart, `alerts` for each detector of each. */
export async function writeAlertFile(
  path: string,
  size: { readonly visits: number; readonly detectors: number; readonly alerts: number },
): Promise<AlertSample> {
  const file = await open(path, 'w')
  try {
    const writer = new ContainerWriter({
      schema: alertSchema(),
      codec: 'snappy',
      blockBytes: 1_048_576,
      sync: randomBytes(16),
    })
    let bytes = 0
    const write = async (part: Uint8Array | null): Promise<void> => {
      if (part === null) return
      await file.write(part)
      bytes += part.length
    }
    await write(writer.header())
    for (const datum of alertsOf(size)) await write(writer.add(datum))
    await write(writer.flush())
    return { path, alerts: size.visits * size.detectors * size.alerts, bytes }
  } finally {
    await file.close()
  }
}

/** Datums of schema 7.4, visit by visit. */
export function* alertsOf(size: {
  readonly visits: number
  readonly detectors: number
  readonly alerts: number
}): Generator<Uint8Array> {
  for (let visit = 0; visit < size.visits; visit++) {
    for (let detector = 0; detector < size.detectors; detector++) {
      const number = visit * 189 + detector
      const one: AlertVisit = {
        visit: 2_026_011_500_100 + visit,
        detector: detector * 9 + 4,
        midpointMjdTai: firstMjd + (visit * 37) / secondsPerDay,
        firstAlertId: 281_323_062_375_219_200n + BigInt(number) * 100_000n,
        seed: number + 1,
      }
      yield* alertDatums(one, size.alerts)
    }
  }
}
