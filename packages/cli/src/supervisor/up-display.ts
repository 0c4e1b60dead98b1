import type { ServiceView } from './service-process.ts'
import { addressesOf, servicesTable } from './services-table.ts'

interface PlatformReady {
  readonly version: string
  readonly data: string
  readonly url: string | null
  readonly key: string | null
  readonly keyFile: string | null
  readonly readyMs: number
}

/** What `beamtime up` shows while it runs. */
export interface UpDisplay {
  started(views: readonly ServiceView[]): void
  changed(view: ServiceView, views: readonly ServiceView[]): void
  ready(platform: PlatformReady, views: readonly ServiceView[]): void
  stopping(): void
  stopped(): void
}

export interface DisplayOptions {
  readonly kind: 'terminal' | 'plain' | 'json'
  readonly version: string
  readonly data: string
  readonly write: (text: string) => void
  readonly columns: () => number
}

export function createUpDisplay(options: DisplayOptions): UpDisplay {
  switch (options.kind) {
    case 'terminal':
      return terminalDisplay(options)
    case 'plain':
      return plainDisplay(options)
    case 'json':
      return jsonDisplay(options)
  }
}

/** A table that fills in; afterwards one line for each change. */
function terminalDisplay(options: DisplayOptions): UpDisplay {
  const { write } = options
  let drawn = 0
  let isReady = false
  const draw = (views: readonly ServiceView[]): void => {
    const lines = servicesTable(views, { color: true, width: options.columns() })
    const back = drawn === 0 ? '' : `\u001b[${drawn}A`
    write(`${back}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`)
    drawn = lines.length
  }
  return {
    started(views) {
      write(`\nBeamtime ${options.version}  data in ${options.data}\n\n`)
      draw(views)
    },
    changed(view, views) {
      if (isReady) write(`${changeLine(view)}\n`)
      else draw(views)
    },
    ready(platform) {
      isReady = true
      write(`\n${readyLines(platform).join('\n')}\n\n`)
    },
    stopping() {
      isReady = true
      write('\nstopping (Ctrl-C again ends at once)\n')
    },
    stopped: () => write('stopped\n'),
  }
}

function plainDisplay(options: DisplayOptions): UpDisplay {
  const { write } = options
  return {
    started: () => write(`beamtime ${options.version} starts, data in ${options.data}\n`),
    changed: (view) => write(`${changeLine(view)}\n`),
    ready: (platform) => write(`${readyLines(platform).join('\n')}\n`),
    stopping: () => write('stopping\n'),
    stopped: () => write('stopped\n'),
  }
}

function jsonDisplay(options: DisplayOptions): UpDisplay {
  const line = (value: unknown): void => options.write(`${JSON.stringify(value)}\n`)
  return {
    started: () => line({ event: 'started', version: options.version, data: options.data, pid: process.pid }),
    changed: (view) => line({ event: 'service', ...view }),
    ready: (platform, views) =>
      line({
        event: 'ready',
        ready_ms: Math.round(platform.readyMs),
        url: platform.url,
        key_file: platform.keyFile,
        services: views,
      }),
    stopping: () => line({ event: 'stopping' }),
    stopped: () => line({ event: 'stopped' }),
  }
}

function readyLines(platform: PlatformReady): readonly string[] {
  const seconds = (platform.readyMs / 1_000).toFixed(1)
  return [
    `  Control room   ${platform.url ?? 'not served'}`,
    platform.key === null
      ? '  Log in         as configured in [http.auth]'
      : `  Key to log in  ${platform.key}`,
    ...(platform.keyFile === null ? [] : [`                 (also in ${platform.keyFile})`]),
    `  Ready in ${seconds} s. Stop with Ctrl-C.`,
  ]
}

function changeLine(view: ServiceView): string {
  const time = new Date().toISOString().slice(11, 19)
  const why = addressesOf(view)
  return `${time} ${view.role} ${view.state}${why === '' ? '' : `  ${why}`}`
}
