import {
  IconActivity,
  IconDatabase,
  IconDots,
  IconHelpCircle,
  IconBroadcast,
  IconChartHistogram,
  IconFileDatabase,
  IconFocusCentered,
  IconListCheck,
  IconServer2,
  IconTerminal2,
  type TablerIcon,
} from '@tabler/icons-react'
import { Menu } from '@mantine/core'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { t } from '../text/text.ts'

interface Entry {
  readonly to:
    | '/queue'
    | '/live'
    | '/runs'
    | '/detectors'
    | '/data'
    | '/files'
    | '/streams'
    | '/services'
    | '/console'
    | '/help'
  readonly label: string
  readonly icon: TablerIcon
}

/** Only pages that exist; a new page adds one line here. */
export const pages: readonly Entry[] = [
  { to: '/queue', label: t.nav.queue, icon: IconListCheck },
  { to: '/live', label: t.nav.live, icon: IconActivity },
  { to: '/runs', label: t.nav.runs, icon: IconDatabase },
  { to: '/detectors', label: t.nav.detectors, icon: IconFocusCentered },
  { to: '/data', label: t.nav.data, icon: IconChartHistogram },
  { to: '/streams', label: t.nav.streams, icon: IconBroadcast },
  { to: '/services', label: t.nav.services, icon: IconServer2 },
]

export const lowerPages: readonly Entry[] = [
  { to: '/files', label: t.nav.files, icon: IconFileDatabase },
  { to: '/console', label: t.nav.console, icon: IconTerminal2 },
  { to: '/help', label: t.nav.help, icon: IconHelpCircle },
]

function RailEntry({ entry, label }: { entry: Entry; label?: string }): ReactElement {
  const Icon = entry.icon
  return (
    <Link to={entry.to} className="rail-entry" activeProps={{ 'aria-current': 'page' }}>
      <Icon size={22} stroke={1.75} aria-hidden />
      <span>{label ?? entry.label}</span>
    </Link>
  )
}

export function Rail(): ReactElement {
  return (
    <nav className="rail" aria-label={t.nav.label}>
      {pages.map((entry) => (
        <RailEntry key={entry.to} entry={entry} />
      ))}
      <span className="grow" />
      <div className="rail-lower">
        {lowerPages.map((entry) => (
          <RailEntry key={entry.to} entry={entry} />
        ))}
      </div>
    </nav>
  )
}

/** What the bottom of a phone has room for; the other pages are behind More. */
const phonePages: readonly (readonly [Entry['to'], string])[] = [
  ['/queue', t.nav.queue],
  ['/live', t.nav.liveShort],
  ['/runs', t.nav.runs],
  ['/data', t.nav.dataShort],
]

export function BottomBar(): ReactElement {
  const navigate = useNavigate()
  const here = useLocation({ select: ({ pathname }) => pathname })
  const all = [...pages, ...lowerPages]
  const further = all.filter(({ to }) => phonePages.every(([shown]) => shown !== to))
  return (
    <nav className="bottom-bar" aria-label={t.nav.label}>
      {phonePages.map(([to, label]) => {
        const entry = all.find((page) => page.to === to)
        return entry === undefined ? null : <RailEntry key={to} entry={entry} label={label} />
      })}
      <Menu position="top-end">
        <Menu.Target>
          <button
            type="button"
            className="rail-entry"
            aria-current={further.some(({ to }) => here.startsWith(to)) ? 'page' : undefined}
          >
            <IconDots size={22} stroke={1.75} aria-hidden />
            <span>{t.nav.more}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {further.map(({ to, label, icon: Icon }) => (
            <Menu.Item
              key={to}
              leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
              onClick={() => void navigate({ to })}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  )
}
