/**
 * The table `[daq.jungfrau]` of the demo: one simulated JUNGFRAU module at 10 images a second, everything on loopback. Ports may be
 * given where the usual ones are taken.
 */
export function demoDetector(
  ports: {
    readonly udp?: number
    readonly rest?: number
    readonly websocket?: number
    readonly live?: number
  } = {},
): Readonly<Record<string, unknown>> {
  const { udp = 50_020, rest = 5_000, websocket = 8_080, live = 20_000 } = ports
  return {
    detector_type: 'jungfrau-raw',
    n_modules: 1,
    bit_depth: 16,
    image_pixel_width: 1024,
    image_pixel_height: 512,
    start_udp_port: udp,
    udp_host: '127.0.0.1',
    rest: `127.0.0.1:${rest}`,
    websocket: `127.0.0.1:${websocket}`,
    live_stream_configs: { [`tcp://127.0.0.1:${live}`]: { type: 'periodic', config: [1, 10] } },
    ram_buffer: { export: 'off', ring_mb: 64 },
    simulator: { enabled: true, auto_start: true, rate_hz: 10 },
  }
}
