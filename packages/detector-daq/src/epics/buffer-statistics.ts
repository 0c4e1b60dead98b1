/** Counts of the EPICS buffer, as one line of InfluxDB's line protocol every period. */
export class BufferStatistics {
  private readonly service: string
  private events = 0
  private bytes = 0
  private readonly changed = new Set<string>()
  private lastMs: number

  constructor(service: string, nowMs: number) {
    this.service = service
    this.lastMs = nowMs
  }

  record(pv: string, valueBytes: number): void {
    this.events += 1
    this.bytes += valueBytes
    this.changed.add(pv)
  }

  /** The line of the time since the last one. */
  line(nowMs: number): string {
    const seconds = Math.max(0.001, (nowMs - this.lastMs) / 1000)
    const fields = [
      `n_events=${this.events}i`,
      `n_bytes=${this.bytes}i`,
      `n_channels_changed=${this.changed.size}i`,
      `throughput_bytes=${(this.bytes / seconds).toFixed(1)}`,
    ]
    this.events = 0
    this.bytes = 0
    this.changed.clear()
    this.lastMs = nowMs
    const service = this.service.replaceAll(/([,= ])/g, '\\$1')
    return `epics_buffer,service_name=${service} ${fields.join(',')} ${BigInt(Math.round(nowMs)) * 1_000_000n}`
  }
}
