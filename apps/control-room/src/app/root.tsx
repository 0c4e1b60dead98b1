import { Outlet, useLocation, useNavigate, type ErrorComponentProps } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, type ReactElement } from 'react'
import { Button } from '../parts/button.tsx'
import { errorText } from '../net/http-client.ts'
import { t } from '../text/text.ts'
import { profileOfPage } from './app-profile.ts'
import { BottomBar, Rail } from './rail.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { ConsoleDrawer } from './console-drawer.tsx'
import { PhoneState } from './phone-state.tsx'
import { StateLine } from './state-line.tsx'
import { useKeys } from './use-keys.ts'
import { useControlRoom, useSession, useWidthClass } from './use-control-room.ts'

const LoginOverlay = lazy(() =>
  import('../pages/login/login-page.tsx').then((module) => ({ default: module.LoginOverlay })),
)
const CommandPalette = lazy(() =>
  import('./command-palette.tsx').then((module) => ({ default: module.CommandPalette })),
)

/** Frame of every page: state line, rail, page, console. The login page stands alone. */
export function Root(): ReactElement | null {
  const phase = useSession((session) => session.phase)
  const location = useLocation()
  const navigate = useNavigate()
  const isLogin = location.pathname === '/login'
  useEffect(() => {
    if (phase === 'out' && !isLogin)
      void navigate({ to: '/login', search: { to: location.href }, replace: true })
  }, [phase, isLogin, location.href, navigate])
  if (isLogin) return <Outlet />
  if (phase === 'loading' || phase === 'out') return null
  if (phase === 'unreachable') return <Unreachable />
  const isExpired = phase === 'expired'
  const isWall = (location.search as { readonly view?: unknown }).view === 'wall'
  if (isWall || profileOfPage().profile !== 'all') return <Dashboard isExpired={isExpired} />
  return <Shell pathname={location.pathname} isExpired={isExpired} />
}

/** A dashboard of its own, or a wall: one page, and what says that the connection is lost. */
function Dashboard({ isExpired }: { isExpired: boolean }): ReactElement {
  useEffect(() => {
    const { instrument } = profileOfPage()
    if (instrument !== null) document.title = `${instrument.toUpperCase()} — ${t.data.title}`
  }, [])
  return (
    <main className="main dashboard">
      <ConnectionBanner />
      <div className="main-page">
        <Suspense>
          <Outlet />
        </Suspense>
      </div>
      <Suspense>{isExpired ? <LoginOverlay /> : null}</Suspense>
    </main>
  )
}

function Shell({ pathname, isExpired }: { pathname: string; isExpired: boolean }): ReactElement {
  useKeys()
  const isPhone = useWidthClass() === 'phone'
  const hasOwnConsole = pathname === '/console'
  const hasOwnControls = pathname.startsWith('/queue')
  return (
    <div className="shell">
      {isPhone ? <PhoneState /> : <StateLine hasPause={!hasOwnControls} />}
      {isPhone ? null : <Rail />}
      <main className="main">
        <ConnectionBanner />
        <div className="main-page">
          <Suspense>
            <Outlet />
          </Suspense>
        </div>
        {isPhone || hasOwnConsole ? null : <ConsoleDrawer isByDefault={hasOwnControls} />}
      </main>
      {isPhone ? <BottomBar /> : null}
      <Suspense>
        <CommandPalette />
        {isExpired ? <LoginOverlay /> : null}
      </Suspense>
    </div>
  )
}

function Unreachable(): ReactElement {
  const room = useControlRoom()
  const error = useSession((session) => session.error)
  useEffect(() => {
    const timer = setInterval(() => void room.start(), 3_000)
    return () => clearInterval(timer)
  }, [room])
  return (
    <div className="empty" role="alert">
      <strong>{error}</strong>
      <Button label={t.common.retry} onPress={() => void room.start()} />
    </div>
  )
}

export function NotFound(): ReactElement {
  return (
    <div className="empty">
      <strong>{t.common.notFound}</strong>
      <span>{t.common.notFoundHelp}</span>
    </div>
  )
}

export function PageFailed({ error, reset }: ErrorComponentProps): ReactElement {
  return (
    <div className="empty" role="alert">
      <strong>{t.common.failedPage}</strong>
      <span>{errorText(error)}</span>
      <Button label={t.common.retry} onPress={reset} />
    </div>
  )
}
