import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import { isRecord } from '../http/body.ts'
import type { DetectorState } from '../ui-types.ts'

/** A detector service of this installation. */
export interface DetectorAddress {
  readonly id: string
  /** Of its REST interface, e.g. `http://127.0.0.1:5000`. */
  readonly url: string
  readonly isSimulated: boolean
}

export interface DetectorWatch {
  /** Null when the service does not answer. */
  look(): Promise<DetectorState | null>
  /** Called four times a second while somebody listens. */
  readonly onLook: Listeners<DetectorState | null>['listen']
  /** Passes a request of a person on. Rejects when the service does not answer. */
  call(path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  close(): void
}

const everyMs = 250
const withinMs = 2_000

export function watchDetector(address: DetectorAddress): DetectorWatch {
  return new Watch(address)
}

class Watch implements DetectorWatch {
  readonly #address: DetectorAddress
  readonly #news = listeners<DetectorState | null>()
  #listening = 0
  #timer: NodeJS.Timeout | null = null
  #size: { readonly width: number; readonly height: number; readonly dtype: string } | null = null
  #running: Promise<DetectorState | null> | null = null

  constructor(address: DetectorAddress) {
    this.#address = address
  }

  readonly onLook: DetectorWatch['onLook'] = (callback) => {
    const stop = this.#news.listen(callback)
    this.#listening++
    if (this.#listening === 1) this.#loop()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      stop()
      this.#listening--
      if (this.#listening === 0) this.close()
    }
  }

  #loop(): void {
    void this.look().then((state) => {
      if (this.#listening === 0) return
      this.#news.emit(state)
      this.#timer = setTimeout(() => this.#loop(), everyMs)
    })
  }

  look(): Promise<DetectorState | null> {
    this.#running ??= this.#look()
      .catch(() => null) // away: told as such
      .finally(() => (this.#running = null))
    return this.#running
  }

  async #look(): Promise<DetectorState> {
    this.#size ??= sizeOf(await this.#get('/plan/describe'))
    const [{ writer }, { stats }, losses] = await Promise.all([
      this.#get('/writer/status'),
      this.#get('/daq/stats'),
      this.#get('/daq/losses'),
    ])
    const rates = table(table(stats)['detector'])
    const images = table(losses['images'])
    const ports = (Array.isArray(losses['ports']) ? losses['ports'] : []).map((one) => {
      const port = table(one)
      return {
        module: number(port['module']),
        packetsOk: number(port['packetsOk']),
        packetsLost: number(port['packetsLost']),
        framesComplete: number(port['framesComplete']),
      }
    })
    return {
      id: this.#address.id,
      ...this.#size,
      isSimulated: this.#address.isSimulated,
      imagesPerSecond: number(rates['images_per_second']),
      bytesPerSecond: number(rates['bytes_per_second']),
      images: number(images['good']) + number(images['missing']),
      packetsLost: ports.reduce((sum, port) => sum + port.packetsLost, 0),
      framesIncomplete: number(images['missing']) + number(images['dropped']),
      maskedPixels: number(losses['masked_pixels']),
      maskVersion: number(losses['mask_version']),
      bufferShare: bufferShare(table(writer), number(losses['ring_slots'])),
      diskFreeBytes: typeof losses['free_bytes'] === 'number' ? losses['free_bytes'] : null,
      ports,
      writer: writerOf(table(writer)),
    }
  }

  async #get(path: string): Promise<Record<string, unknown>> {
    return table((await this.call(path)).body)
  }

  async call(path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(`${this.#address.url}${path}`, {
      signal: AbortSignal.timeout(body === undefined ? withinMs : 30_000),
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

function bufferShare(writer: Record<string, unknown>, slots: number): number {
  const stats = table(table(writer['acquisition'])['stats'])
  const waiting = number(stats['n_write_requested']) - number(stats['n_write_completed'])
  return writer['state'] === 'WRITING' && slots > 0 ? Math.min(1, Math.max(0, waiting / slots)) : 0
}

function writerOf(writer: Record<string, unknown>): DetectorState['writer'] {
  const acquisition = table(writer['acquisition'])
  const info = table(acquisition['info'])
  const file = info['output_file']
  const wanted = info['n_images']
  return {
    state: text(writer['state']),
    file: typeof file === 'string' ? file : null,
    written: number(table(acquisition['stats'])['n_write_completed']),
    // Below 0: until it is stopped.
    wanted: typeof wanted === 'number' && wanted >= 0 ? wanted : null,
    message: text(acquisition['message']),
  }
}

function sizeOf(answer: Record<string, unknown>): { width: number; height: number; dtype: string } {
  const [height = 0, width = 0] = Array.isArray(answer['shape']) ? (answer['shape'] as number[]) : []
  return { width, height, dtype: text(answer['dtype']) }
}

function table(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
