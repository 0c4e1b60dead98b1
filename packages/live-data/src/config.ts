import { section } from '@beamtime/service-kit'

/** Sections `[livedata.NAME]`: one table per instrument that this platform reduces. */
export const liveDataConfig = section('livedata.*', {
  services: {
    type: 'string[]',
    default: ['monitor-data', 'detector-data', 'data-reduction', 'timeseries'],
    doc: 'Services that `beamtime up` runs for the instrument, a process each.',
  },
  dev: { type: 'boolean', default: false, doc: 'The simplified raw topic names, which the fakes send to.' },
  fakes: {
    type: 'string[]',
    default: [],
    doc: 'Simulated raw data to send: monitors, detectors, logdata.',
  },
  fake_rate: {
    type: 'integer',
    default: 0,
    min: 0,
    unit: 'events',
    doc: 'Events per pulse of each simulated bank or monitor; 0 = as many as upstream sends (10 000).',
  },
  auto_start: {
    type: 'any',
    default: null,
    doc: 'Default workflows start without a command. Absent: only for the instrument dummy; always with sink = "png".',
  },
  sink: { type: 'enum', values: ['kafka', 'png'], default: 'kafka', doc: 'Where results go.' },
  sink_dir: { type: 'string', default: '.', doc: 'Folder of the pictures of sink = "png".' },
  processes: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 64,
    doc: 'Processes that share the streams of each service on this machine.',
  },
  together: {
    type: 'boolean',
    default: false,
    doc: 'All services and fakes of the instrument in one process: cheaper, for demonstrations.',
  },
  dashboards: {
    type: 'table',
    default: { monitors: '127.0.0.1:5007', detectors: '127.0.0.1:5008', reduction: '127.0.0.1:5009' },
    doc: 'Addresses of the three dashboards; "" = off.',
  },
  dashboard_password: {
    type: 'string',
    default: '',
    secret: true,
    doc: 'Password of the dashboards; LIVEDATA_BASIC_AUTH_PASSWORD wins.',
  },
  config_dir: {
    type: 'string',
    default: '',
    doc: 'Folder of workflow settings and layouts; LIVEDATA_CONFIG_DIR wins. Empty = state/livedata of the data directory.',
  },
  geometry: {
    type: 'string',
    default: '',
    doc: 'NeXus file with the places of the pixels, for the projections of detectors; in geometry_dir unless absolute.',
  },
  geometry_dir: {
    type: 'string',
    default: '',
    doc: 'Folder of geometry files; LIVEDATA_DATA_DIR wins. Empty = where the configuration file is.',
  },
  window_s: { type: 'number', default: 1, min: 0.1, max: 60, unit: 's', doc: 'Shortest window of data.' },
  memory_max_bytes: {
    type: 'integer',
    default: 8_589_934_592,
    min: 1_048_576,
    unit: 'bytes',
    doc: 'What the histograms of one service may take.',
  },
})

/** Sections `[livedata.env.NAME]`, chosen by LIVEDATA_ENV. */
export const liveDataEnvironmentConfig = section('livedata.env.*', {
  upstream: {
    type: 'table',
    default: {},
    doc: 'Broker of the raw data, with the keys of [bus]; empty = [bus]. KAFKA_* win.',
  },
  downstream: {
    type: 'table',
    default: {},
    doc: 'Broker of results and commands, with the keys of [bus]; empty = upstream. KAFKA2_* win.',
  },
})
