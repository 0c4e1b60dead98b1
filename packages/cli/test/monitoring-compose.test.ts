import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../../..')

interface Service {
  readonly image: string
  readonly profiles: readonly string[]
  readonly network_mode: string
  readonly command?: readonly string[]
  readonly volumes: readonly string[]
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const folder = join(root, 'deploy/monitoring')
const compose = parse(readFileSync(join(folder, 'docker-compose.yml'), 'utf8')) as Compose

/** Source, path in the container, options. */
function mountsOf(service: string): readonly (readonly string[])[] {
  return (compose.services[service]?.volumes ?? []).map((volume) => volume.split(':'))
}

/** The file of this repository that a path in a container shows. */
function shown(service: string, path: string): string | null {
  for (const [source = '', target = ''] of mountsOf(service)) {
    if (!source.startsWith('.')) continue
    if (path === target) return resolve(folder, source)
    if (path.startsWith(`${target}/`)) return resolve(folder, source, path.slice(target.length + 1))
  }
  return null
}

function yamlIn(service: string, path: string): unknown {
  const file = shown(service, path)
  expect(file).not.toBeNull()
  return parse(readFileSync(file ?? '', 'utf8'))
}

test('the profile monitoring is Prometheus and Grafana, each of an exact version, on the network of the host', () => {
  const inProfile = Object.entries(compose.services).filter(([, { profiles }]) =>
    profiles.includes('monitoring'),
  )
  expect(inProfile.map(([name]) => name)).toEqual(['prometheus', 'grafana'])
  for (const { image, network_mode } of Object.values(compose.services)) {
    expect(image).toMatch(/^[a-z/]+:v?\d+\.\d+(\.\d+)?$/)
    expect(network_mode).toBe('host')
  }
})

test('what is mounted is there, is not written to, or is a volume that is declared', () => {
  for (const service of Object.keys(compose.services))
    for (const [source = '', , options] of mountsOf(service)) {
      if (!source.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(source)
      else {
        expect(existsSync(resolve(folder, source)), source).toBe(true)
        expect(options).toBe('ro')
      }
    }
})

test('Prometheus reads its configuration and rules, and scrapes the gateway of this host', () => {
  const [flag = ''] = compose.services['prometheus']?.command ?? []
  const path = flag.replace('--config.file=', '')
  const config = yamlIn('prometheus', path) as {
    readonly rule_files: readonly string[]
    readonly scrape_configs: readonly {
      readonly static_configs: readonly { readonly targets: readonly string[] }[]
    }[]
  }
  for (const name of config.rule_files)
    expect(existsSync(shown('prometheus', `/etc/prometheus/${name}`) ?? '')).toBe(true)
  expect(config.scrape_configs[0]?.static_configs[0]?.targets).toEqual(['127.0.0.1:60610'])
})

test('Grafana finds Prometheus and the dashboard where they are told to be', () => {
  const sources = yamlIn('grafana', '/etc/grafana/provisioning/datasources/prometheus.yaml') as {
    readonly datasources: readonly { readonly url: string; readonly uid: string }[]
  }
  expect(compose.services['prometheus']?.command).toContain(
    `--web.listen-address=${new URL(sources.datasources[0]?.url ?? '').host}`,
  )
  const providers = yamlIn('grafana', '/etc/grafana/provisioning/dashboards/beamtime.yaml') as {
    readonly providers: readonly { readonly options: { readonly path: string } }[]
  }
  const dashboard = shown('grafana', `${providers.providers[0]?.options.path ?? ''}/beamtime.json`) ?? ''
  expect(statSync(dashboard).isFile()).toBe(true)
  const { panels } = JSON.parse(readFileSync(dashboard, 'utf8')) as {
    readonly panels: readonly { title: string }[]
  }
  expect(panels.map(({ title }) => title)).toContain('Broker: heap and non-heap')
})
