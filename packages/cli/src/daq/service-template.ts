/* Files of a new service (`beamtime daq service new`). */

export const serviceKinds = ['background', 'primary', 'postprocessing'] as const
export type ServiceKind = (typeof serviceKinds)[number]

const backgroundSource = `import { setTimeout as delay } from 'node:timers/promises'
import type { BackgroundService } from '@beamtime/detector-daq/services'

// Runs without the broker until it is told to end.
export const service: BackgroundService = {
  kind: 'background',
  async run({ config, log, signal }) {
    const periodMs = Number(config['period_ms'] ?? 1000)
    while (!signal.aborted) {
      log.info('alive')
      // The delay ends at once when the service is told to end.
      await delay(periodMs, undefined, { signal }).catch(() => undefined)
    }
  },
}
`

const primarySource = `import { setTimeout as delay } from 'node:timers/promises'
import type { PrimaryService } from '@beamtime/detector-daq/services'

// Options of the command line beside --service_name, --json_config_file, --log_level and --broker_url.
export const options = {
  delay_ms: { takes: 'number', default: '0', help: 'How long a request takes' },
}

let delayMs = 0

// Serves the requests that are sent with its name as tag, one at a time.
export const service: PrimaryService = {
  kind: 'primary',
  onStart({ args, log }) {
    delayMs = Number(args['delay_ms'] ?? 0)
    log.info('ready', { delayMs })
  },
  // What it returns is the message of request_success, what it throws that of request_fail. The signal aborts at a kill.
  async onRequest(requestId, request, signal) {
    await delay(delayMs, undefined, { signal })
    return \`done \${requestId}\`
  },
  // May be called while onRequest awaits.
  onKill(requestId) {},
}
`

const postprocessingSource = `import type { PostprocessingService } from '@beamtime/detector-daq/services'

// Works on every request that the primary service has finished with success.
export const service: PostprocessingService = {
  kind: 'postprocessing',
  primary: 'PRIMARY',
  // finished.message is what the primary service returned, usually the name of a file.
  async onStatus(requestId, finished, signal) {
    signal.throwIfAborted()
    return \`seen \${finished.message}\`
  },
  onKill(requestId) {},
}
`

const sources = {
  background: backgroundSource,
  primary: primarySource,
  postprocessing: postprocessingSource,
} as const satisfies Record<ServiceKind, string>

const tells = {
  background: 'It runs by itself and never talks to the broker.',
  primary: 'It serves requests of the broker whose tag is its name, one at a time.',
  postprocessing: 'It works on every request that its primary service has finished with success.',
} as const satisfies Record<ServiceKind, string>

function readme(name: string, kind: ServiceKind): string {
  const primary = kind === 'postprocessing' ? ' The name of its primary service is in `service.ts`.' : ''
  const request =
    kind === 'primary'
      ? `\nSend it a request, and watch it:\n\n    std_daq_monitor\n    std_daq_request ${name} request.json\n`
      : ''
  return `# ${name}

A ${kind} service. ${tells[kind]}${primary}

Run it here:

    beamtime daq service run service.ts --service_name ${name}
${request}
Run it in a container:

    docker build -t ${name} .
    docker run --net=host --rm -e SERVICE_NAME=${name} -e REDIS_SKIP=true ${name}

\`BROKER_HOST\` names the broker. The configuration is \`config.json\`; in a container mount it as /std_daq_service/config.json, or put it
into Redis with \`beamtime daq config push FOLDER\`, where \`FOLDER/${name}.json\` is the file.
`
}

const dockerfile = `ARG IMAGE=beamtime-daq
FROM \${IMAGE}
COPY service.ts /std_daq_service/service.ts
CMD ["service", "/std_daq_service/service.ts"]
`

/** Files of a new service by their names. */
export function serviceFiles(
  name: string,
  kind: ServiceKind,
  primary: string,
): Readonly<Record<string, string>> {
  return {
    'service.ts': sources[kind].replace("'PRIMARY'", JSON.stringify(primary).replaceAll('"', "'")),
    'config.json': kind === 'background' ? '{ "period_ms": 1000 }\n' : '{}\n',
    'README.md': readme(name, kind),
    Dockerfile: dockerfile,
    ...(kind === 'primary' ? { 'request.json': '{ "what": "a first request" }\n' } : {}),
  }
}
