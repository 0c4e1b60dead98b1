import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@beamtime/service-kit'
import type { ResultMessage } from '../core/jobs/result-message.ts'
import { encodePng } from '../picture/png.ts'
import { resultPicture, type HistoryPoint } from '../picture/result-picture.ts'
import type { ResultSink } from './result-sink.ts'

const historyLength = 600
const maxPictures = 2_000

interface Picture {
  readonly path: string
  latest: ResultMessage
  readonly history: HistoryPoint[]
  isWaiting: boolean
}

/**
 * Draws each output into `<workflow>_<source>_<output>.png`, replaced as a whole at each update. One picture is drawn at
 * a time; an output that comes again before it was drawn is drawn once, with what is newest.
 */
export function pngSink(options: { readonly directory: string; readonly log: Logger }): ResultSink {
  const { directory, log } = options
  const pictures = new Map<string, Picture>()
  const waiting: Picture[] = []
  let dropped = 0
  let drawing: Promise<void> | null = null

  const drawAll = async (): Promise<void> => {
    await mkdir(directory, { recursive: true })
    for (let picture = waiting.shift(); picture !== undefined; picture = waiting.shift()) {
      picture.isWaiting = false
      await draw(picture)
      // What the service itself has to do goes first.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const start = (): void => {
    drawing ??= drawAll()
      .catch((error: unknown) => {
        dropped += waiting.length + 1
        for (const picture of waiting.splice(0)) picture.isWaiting = false
        log.warn('livedata.picture-failed', { directory, err: error })
      })
      .finally(() => {
        drawing = null
        if (waiting.length > 0) start()
      })
  }
  return {
    accept(message) {
      const path = join(directory, pictureName(message))
      const known = pictures.get(path)
      if (known === undefined && pictures.size >= maxPictures) {
        dropped += 1
        return
      }
      const picture = known ?? { path, latest: message, history: [], isWaiting: false }
      pictures.set(path, picture)
      picture.latest = message
      remember(picture)
      if (picture.isWaiting) return
      picture.isWaiting = true
      waiting.push(picture)
      start()
    },
    dropped: () => dropped,
    async close() {
      while (drawing !== null) await drawing
    },
  }
}

/** `<kind>_<name>.png` with the workflow as the kind and `source/output` as the name; a slash becomes `_`. */
export function pictureName({ job, output }: ResultMessage): string {
  const { workflow, id } = job.start
  const name = `${workflow.name}_${id.source_name}/${output}`
  return `${name.replaceAll(/[/\\\0]/g, '_').slice(0, 200)}.png`
}

async function draw({ path, latest, history }: Picture): Promise<void> {
  const { job, output, array } = latest
  const { workflow, workflowId, id } = job.start
  const title = `${id.source_name}: ${array.label === '' ? output : array.label}`
  const subtitle = [workflowId.instrument.toUpperCase(), `${workflow.title}, ${output}`, timeText(latest)]
    .filter((part) => part !== '')
    .join(' · ')
  const raster = resultPicture({ title, subtitle }, { array, history })
  const bytes = await encodePng(raster, { Title: title, Description: subtitle })
  const part = `${path}.${process.pid}.part`
  try {
    await writeFile(part, bytes)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

function remember({ latest, history }: Picture): void {
  const { signal } = latest.array
  if (signal.dims.length > 0) return
  history.push({ timeMs: endMs(latest) ?? Date.now(), value: Number(signal.values[0] ?? Number.NaN) })
  if (history.length > historyLength) history.shift()
}

/** From when to when, UTC. */
function timeText(message: ResultMessage): string {
  const from = coordMs(message, 'start_time')
  const to = endMs(message)
  if (from === null || to === null) return ''
  return `${isoText(from).slice(0, 21)} to ${isoText(to).slice(11, 21)} UTC`
}

function isoText(timeMs: number): string {
  const at = new Date(timeMs)
  return Number.isNaN(at.getTime()) ? 'unknown' : at.toISOString().replace('T', ' ')
}

function endMs(message: ResultMessage): number | null {
  return coordMs(message, 'time') ?? coordMs(message, 'end_time')
}

function coordMs({ array }: ResultMessage, name: string): number | null {
  const coord = array.coords[name]
  const value = coord?.dims.length === 0 ? coord.values[0] : undefined
  return value === undefined ? null : Number(value) / 1e6
}
