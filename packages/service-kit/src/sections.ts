import { section } from './config-section.ts'

export const facilityConfig = section('facility', {
  name: { type: 'string', default: '', doc: 'Name of the facility; goes to start documents as facility.' },
  instrument: {
    type: 'string',
    default: '',
    doc: 'Name of the instrument; goes to start documents as beamline_id.',
  },
  instrument_id: {
    type: 'string',
    default: 'demo',
    pattern: /^[a-z0-9][a-z0-9_-]{0,31}$/,
    doc: 'Short name used in topics, PVs, units and cookie names.',
  },
  timezone: { type: 'string', default: 'UTC', doc: 'Time zone in which times are shown.' },
  metadata: { type: 'table', default: {}, doc: 'Merged into every start document.' },
})

export const pathsConfig = section('paths', {
  data: {
    type: 'string',
    default: './beamtime-data',
    doc: 'Data directory; the option --data wins. A relative path is taken from the folder of the file.',
  },
  frames: { type: 'string', default: '%D/frames', doc: 'Folder of acquired files.' },
  scratch: { type: 'string', default: '%C/beamtime', doc: 'Folder for what may be lost.' },
})

export const metricsConfig = section('metrics', {
  listen: {
    type: 'string',
    default: '',
    pattern: /^$|^\S+:\d{1,5}$/,
    doc: 'One more address, without login, for /healthz, /readyz, /version and the /metrics of all services, e.g. "127.0.0.1:9464". The gateway listens there, or a service that runs alone.',
  },
  influx_url: {
    type: 'string',
    default: '',
    pattern: /^$|^https?:\/\/[^\s/]\S*$/,
    doc: 'Every service pushes its metrics there each 10 s as InfluxDB line protocol: "http://host:8086/write?db=NAME", or "http://:TOKEN@host:8086/api/v2/write?org=ORG&bucket=NAME"; file:/path keeps the secret elsewhere.',
  },
})

export const logConfig = section('log', {
  level: {
    type: 'enum',
    values: ['trace', 'debug', 'info', 'warn', 'error'],
    default: 'info',
    doc: 'Lines below this level are not written.',
  },
  format: {
    type: 'enum',
    values: ['auto', 'json', 'text', 'journald', 'compat'],
    default: 'auto',
    doc: 'auto = journald fields under systemd, text on a terminal, else json; compat = lines as the Bluesky Queue Server writes them.',
  },
})

export const opsConfig = section('ops', {
  shutdown_s: {
    type: 'number',
    default: 60,
    min: 1,
    max: 3600,
    unit: 's',
    doc: 'Budget of an orderly stop; what is left then is ended.',
  },
  on_shutdown: {
    type: 'enum',
    values: ['wait', 'pause', 'abort'],
    default: 'pause',
    doc: 'What becomes of a running plan at SIGTERM.',
  },
  watchdog_s: {
    type: 'number',
    default: 30,
    min: 1,
    max: 3600,
    unit: 's',
    doc: 'A service whose event loop stands still for this long is restarted (systemd units).',
  },
  sandbox: {
    type: 'enum',
    values: ['off', 'auto', 'strict'],
    default: 'auto',
    doc: 'Sandboxing of generated systemd units (comes with the operations release).',
  },
  backup: {
    type: 'table',
    default: { directory: '%D/backup', keep: 14, at: '03:00' },
    doc: 'Nightly backup (comes with the operations release).',
  },
})
