import { randomUUID } from 'node:crypto'
import type { BrokerAddress } from './broker-address.ts'
import { BrokerLink } from './broker-link.ts'
import { readStatus, type BrokerStatus } from './broker-message.ts'

export interface BrokerClientOptions {
  readonly address: BrokerAddress
  /** Requests and kills go to the services of this tag; statuses of all tags come, as the exchange has it. */
  readonly tag: string
  readonly onStatus?: (status: BrokerStatus) => void
  readonly onState?: (state: 'connected' | 'lost', reason: string) => void
}

/** A user of services: sends requests and kills, hears statuses. */
export class BrokerClient {
  private readonly link: BrokerLink
  private readonly tag: string
  private readonly counts: { badStatuses: number }

  private constructor(link: BrokerLink, tag: string, counts: { badStatuses: number }) {
    this.link = link
    this.tag = tag
    this.counts = counts
  }

  /** Connects. Rejects with DAQ_BROKER_UNREACHABLE. */
  static async open(options: BrokerClientOptions): Promise<BrokerClient> {
    const { onStatus, tag } = options
    const counts = { badStatuses: 0 }
    const link = await BrokerLink.open({
      address: options.address,
      ...(options.onState === undefined ? {} : { onState: options.onState }),
      subscriptions:
        onStatus === undefined
          ? []
          : [
              {
                exchange: 'status',
                key: tag,
                autoAck: true,
                maxWaiting: 10_000,
                onMessage: (delivery) => {
                  const status = readStatus(delivery)
                  if (status.kind === 'status') onStatus(status)
                  else counts.badStatuses += 1
                },
              },
            ],
    })
    return new BrokerClient(link, tag, counts)
  }

  /** Statuses that could not be read. */
  get badStatuses(): number {
    return this.counts.badStatuses
  }

  /** Sends a request; gives its id. */
  sendRequest(request: unknown, headers: Readonly<Record<string, unknown>> = {}): string {
    const id = randomUUID()
    const body = Buffer.from(JSON.stringify(request ?? null))
    this.link.publish({ exchange: 'request', key: this.tag, correlationId: id, headers, body })
    return id
  }

  killRequest(id: string): void {
    this.link.publish({
      exchange: 'kill',
      key: this.tag,
      correlationId: id,
      headers: {},
      body: Buffer.alloc(0),
    })
  }

  /** Sends what waits and ends. */
  close(): Promise<void> {
    return this.link.close()
  }
}
