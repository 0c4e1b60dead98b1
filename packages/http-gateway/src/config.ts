import { section } from '@beamtime/service-kit'

export const httpConfig = section('http', {
  listen: {
    type: 'string',
    default: '127.0.0.1:60610',
    pattern: /^\S+:\d{1,5}$/,
    doc: 'Address and port of the control room, the REST API and the WebSockets.',
  },
  public_url: {
    type: 'string',
    default: '',
    doc: 'URL as seen through a reverse proxy; its path is the root path of links.',
  },
  queue: {
    type: 'string',
    default: 'main',
    doc: 'Queue served under /api; further ones under /q/<queue>/api.',
  },
  allow_origins: {
    type: 'string[]',
    default: [],
    doc: 'Origins of other sites that may call the API (CORS).',
  },
  forwarded_allow_ips: {
    type: 'string[]',
    default: ['127.0.0.1'],
    doc: 'Addresses of proxies whose X-Forwarded-* headers are believed.',
  },
  tls: {
    type: 'table',
    default: { cert: '', key: '', key_password: '', ca: '', ciphers: '' },
    doc: 'Certificate and key files; empty = plain HTTP.',
  },
  extensions: {
    type: 'string[]',
    default: [],
    doc: 'ES modules with further routes (comes with a later release).',
  },
  file_roots: {
    type: 'string[]',
    default: ['%D/frames'],
    doc: 'Folders that the HDF5 browser and /api/h5 may open.',
  },
  testing: { type: 'boolean', default: false, doc: 'Serves the /api/test routes. For test systems only.' },
})

export const httpManagerConfig = section('http.manager', {
  control: {
    type: 'string',
    default: '',
    doc: 'Control address of a manager elsewhere; empty = the queues of this file.',
  },
  info: { type: 'string', default: '', doc: 'Info address of that manager.' },
  encoding: {
    type: 'enum',
    values: ['json', 'msgpack'],
    default: 'json',
    doc: 'Encoding that the manager speaks.',
  },
  public_key: {
    type: 'string',
    default: '',
    doc: 'Public key of the manager (40 characters Z85); empty = no encryption.',
  },
})

export const httpAuthConfig = section('http.auth', {
  single_user_key: {
    type: 'string',
    default: null,
    secret: true,
    pattern: /^[0-9a-zA-Z]*$/,
    doc: 'The one key of the single-user mode. Absent: made at the first start and kept in state/http-key.',
  },
  anonymous: {
    type: 'boolean',
    default: false,
    doc: 'People without a login may see the state of the queue.',
  },
  secret_keys: {
    type: 'string[]',
    default: [],
    doc: 'Keys that sign tokens, the first signs (comes with the login release).',
  },
  access_token_max_age_s: {
    type: 'integer',
    default: 900,
    min: 1,
    unit: 's',
    doc: 'Life of an access token.',
  },
  refresh_token_max_age_s: {
    type: 'integer',
    default: 604_800,
    min: 1,
    unit: 's',
    doc: 'Life of a refresh token.',
  },
  session_max_age_s: {
    type: 'integer',
    default: 31_536_000,
    min: 0,
    unit: 's',
    doc: 'Life of a login session; 0 = it never ends.',
  },
  idle_lock_s: {
    type: 'integer',
    default: 0,
    min: 0,
    unit: 's',
    doc: 'The control room asks for the password again after this time without input; 0 = never.',
  },
  providers: { type: 'any', default: [], doc: 'Login providers (come with the login release).' },
})

export const httpAccessConfig = section('http.access', {
  policy: {
    type: 'string',
    default: 'basic',
    doc: 'Who may do what: basic (others come with the login release).',
  },
  args: { type: 'table', default: {}, doc: 'Arguments of the policy.' },
})

export const httpResourcesConfig = section('http.resources', {
  policy: { type: 'string', default: 'default', doc: 'Which user group a user belongs to: default.' },
  args: { type: 'table', default: { default_group: 'primary' }, doc: 'Arguments of the policy.' },
})
