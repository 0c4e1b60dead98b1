import { bytesText, printJson, printLine, printTable } from '../print.ts'
import { callDaq, type DaqAnswer } from './daq-call.ts'
import type { DaqCallOptions } from './daq-options.ts'

function tableOf(value: unknown): DaqAnswer {
  return typeof value === 'object' && value !== null ? (value as DaqAnswer) : {}
}

function countOf(value: unknown): string {
  return String(typeof value === 'number' ? value : 0)
}

export async function daqStatus(detector: string, options: DaqCallOptions): Promise<number> {
  const get = (path: string): Promise<DaqAnswer> => callDaq(detector, options, { path })
  const [{ writer }, { stats }, losses] = await Promise.all([
    get('/writer/status'),
    get('/daq/stats'),
    get('/daq/losses'),
  ])
  if (options.json === true) {
    printJson({ writer, stats, losses })
    return 0
  }
  const rates = tableOf(tableOf(stats)['detector'])
  const { state, acquisition } = tableOf(writer)
  printLine(
    `${countOf(rates['images_per_second'])} images/s, ${bytesText(Number(rates['bytes_per_second'] ?? 0))}/s, receiver ${String(losses['receiver'])}`,
  )
  const { info, stats: written, message } = tableOf(acquisition)
  const file = tableOf(info)['output_file']
  const images = countOf(tableOf(written)['n_write_completed'])
  printLine(
    acquisition === null
      ? `writer ${String(state)}`
      : `writer ${String(state)}: ${String(file)}, ${images} images ${String(message)}`,
  )
  const ports = Array.isArray(losses['ports']) ? losses['ports'].map(tableOf) : []
  printTable(
    ['MODULE', 'PORT', 'PACKETS', 'LOST', 'LATE', 'DOUBLE', 'BAD', 'FRAMES', 'INCOMPLETE'],
    ports.map((port) =>
      [
        'module',
        'udp_port',
        'packetsOk',
        'packetsLost',
        'packetsLate',
        'packetsDuplicate',
        'packetsBad',
        'framesComplete',
        'framesIncomplete',
      ].map((key) => countOf(port[key])),
    ),
  )
  return 0
}
