import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listenFailure } from '@beamtime/service-kit'
import { dashboardProfiles, type DashboardProfile, type LiveInstrument } from './live-instruments.ts'

/** What a dashboard's own port shows. */
export interface DashboardPlace {
  readonly profile: DashboardProfile
  readonly instrument: string
}

export interface DashboardListeners {
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  /** Undefined for requests that came to the main port. */
  placeOf(request: IncomingMessage): DashboardPlace | undefined
  close(): Promise<void>
}

export interface DashboardOptions {
  readonly instruments: readonly LiveInstrument[]
  /** Answers as the main port does. */
  serve(request: IncomingMessage, response: ServerResponse): void
  /** Serves the sockets of a server. */
  sockets(server: Server): { close(): void }
}

/** Further ports of the gateway, each with the pages of one group of workflows. Rejects with CONFIG_ADDRESS_IN_USE. */
export async function openDashboards(options: DashboardOptions): Promise<DashboardListeners> {
  const places = new Map<number, DashboardPlace>()
  const open: { readonly server: Server; readonly sockets: { close(): void } }[] = []
  const endpoints: { name: string; url: string }[] = []
  const close = async (): Promise<void> => {
    await Promise.all(
      open.map(({ server, sockets }) => {
        sockets.close()
        server.closeAllConnections()
        return new Promise<void>((resolve) => server.close(() => resolve()))
      }),
    )
  }
  try {
    for (const { name, dashboards } of options.instruments)
      for (const profile of dashboardProfiles) {
        const address = dashboards[profile]
        if (address === '') continue
        const server = createServer((request, response) => options.serve(request, response))
        const port = await listen(server, { address, key: `livedata.${name}.dashboards.${profile}` })
        open.push({ server, sockets: options.sockets(server) })
        places.set(port, { profile, instrument: name })
        endpoints.push({ name: `${profile}@${name}`, url: `http://${hostOf(address)}:${port}` })
      }
  } catch (error) {
    await close()
    throw error
  }
  return {
    endpoints,
    placeOf: (request) => places.get(request.socket.localPort ?? 0),
    close,
  }
}

async function listen(
  server: Server,
  where: { readonly address: string; readonly key: string },
): Promise<number> {
  const port = Number(where.address.slice(where.address.lastIndexOf(':') + 1))
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, hostOf(where.address), resolve)
    })
  } catch (error) {
    throw listenFailure(error, where)
  }
  return (server.address() as AddressInfo).port
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}
