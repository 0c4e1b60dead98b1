import { Modal } from '@mantine/core'
import { IconBuilding, IconEye, IconEyeOff, IconKey } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { AuthModes, LoginRequest } from '@beamtime/http-gateway/ui-types'
import { useEffect, useState, type KeyboardEvent, type ReactElement } from 'react'
import { useControlRoom, useSession } from '../../app/use-control-room.ts'
import { errorText, HttpError } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { StateGlyph } from '../../parts/state-glyph.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { chooseLanguage, language, languages, t, type Language } from '../../text/text.ts'
import './login.css'

const route = getRouteApi('/login')

/** The page before everything else; after the login the wanted page opens. */
export function LoginPage(): ReactElement {
  const { to } = route.useSearch()
  const navigate = useNavigate()
  // A visitor is let in without a login, but may still want to log in here.
  const isDone = useSession((session) => session.phase === 'in' && session.bootstrap?.user?.kind !== 'public')
  const facility = useSession((session) => session.bootstrap?.facility)
  const version = useSession((session) => session.bootstrap?.version ?? '')
  useEffect(() => {
    if (!isDone) return
    if (to !== undefined && to.startsWith('/') && !to.startsWith('//')) void navigate({ to, replace: true })
    else void navigate({ to: '/', replace: true })
  }, [isDone, to, navigate])
  const title = facility?.instrument || facility?.name || t.login.title
  return (
    <main className="login">
      <div className="login-box">
        <h1>{title}</h1>
        <p className="muted">{t.login.subtitle(facility?.name === title ? '' : (facility?.name ?? ''))}</p>
        <LoginForm />
      </div>
      <footer className="login-foot small muted">
        <span>{version === '' ? '' : `v${version}`}</span>
        <span className="login-languages">
          {Object.entries(languages).map(([key, label]) => (
            <button
              key={key}
              type="button"
              aria-current={key === language}
              title={label}
              onClick={() => chooseLanguage(key as Language)}
            >
              {key.toUpperCase()}
            </button>
          ))}
        </span>
      </footer>
    </main>
  )
}

/** The same form over a page whose login has ended; what was typed below stays. */
export function LoginOverlay(): ReactElement {
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t.login.title}
      size={432}
    >
      <p className="muted" style={{ marginBottom: 12 }}>
        {t.login.expired}
      </p>
      <LoginForm />
    </Modal>
  )
}

type Way = { readonly kind: 'key' } | { readonly kind: 'password'; readonly provider: string }

function waysOf(auth: AuthModes | undefined): readonly Way[] {
  const providers = auth?.providers.filter((provider) => provider.mode === 'password') ?? []
  return [
    ...providers.map((provider) => ({ kind: 'password', provider: provider.name }) as const),
    { kind: 'key' },
  ]
}

function LoginForm(): ReactElement {
  const auth = useSession((session) => session.bootstrap?.auth)
  const ways = waysOf(auth)
  const [chosen, choose] = useState(0)
  const way = ways[Math.min(chosen, ways.length - 1)] ?? { kind: 'key' }
  return (
    <>
      <div className="panel login-panel">
        <div className="login-tabs" hidden={ways.length < 2} role="tablist" aria-label={t.login.title}>
          {ways.map((candidate, index) => (
            <button
              key={candidate.kind === 'key' ? 'key' : candidate.provider}
              type="button"
              role="tab"
              aria-selected={candidate === way}
              onClick={() => choose(index)}
            >
              {candidate.kind === 'key' ? (
                <IconKey size={18} stroke={1.75} aria-hidden />
              ) : (
                <IconBuilding size={18} stroke={1.75} aria-hidden />
              )}
              {candidate.kind === 'key' ? t.login.keyTab : candidate.provider}
            </button>
          ))}
        </div>
        <Credentials way={way} />
      </div>
      <LoginLinks auth={auth} />
      <p className="small muted login-note">
        {auth?.mode === 'multi-user' ? t.login.note : t.login.singleUserNote}
      </p>
    </>
  )
}

function LoginLinks({ auth }: { auth: AuthModes | undefined }): ReactElement | null {
  const external = auth?.providers.filter((provider) => provider.mode === 'external') ?? []
  if (external.length === 0 && auth?.anonymous !== true) return null
  return (
    <div className="login-links">
      {external.map((provider) => (
        <a key={provider.name} className="muted" href={provider.login_url}>
          {t.login.continueWith(provider.name)}
        </a>
      ))}
      {auth?.anonymous === true ? (
        <a className="muted" href="/services">
          <IconEye size={16} aria-hidden /> {t.login.anonymous}
        </a>
      ) : null}
    </div>
  )
}

function useLogIn(): {
  readonly error: string | null
  readonly isBusy: boolean
  readonly logIn: (request: LoginRequest) => Promise<void>
} {
  const room = useControlRoom()
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  return {
    error,
    isBusy,
    async logIn(request) {
      const isKey = 'api_key' in request
      if (isKey && request.api_key === '') return setError(t.login.missing)
      setBusy(true)
      setError(null)
      try {
        await room.http.post('/ui/login', request)
        await room.start()
      } catch (failure) {
        const isWrong = failure instanceof HttpError && failure.kind === 'unauthorized'
        setError(isWrong ? (isKey ? t.login.refused : t.login.refusedPassword) : errorText(failure))
      } finally {
        setBusy(false)
      }
    },
  }
}

function Credentials({ way }: { way: Way }): ReactElement {
  const { error, isBusy, logIn } = useLogIn()
  const [user, setUser] = useState('')
  const [secret, setSecret] = useState('')
  const [isShown, setShown] = useState(false)
  const [hasCaps, setCaps] = useState(false)
  const isKey = way.kind === 'key'
  const onKey = (event: KeyboardEvent): void => setCaps(event.getModifierState('CapsLock'))
  return (
    <form
      className="login-form"
      onSubmit={(event) => {
        event.preventDefault()
        void logIn(
          way.kind === 'key'
            ? { api_key: secret.trim() }
            : { provider: way.provider, username: user, password: secret },
        )
      }}
    >
      {isKey ? null : (
        <TextField
          isLarge
          label={t.login.user}
          value={user}
          autoComplete="username"
          autoFocus
          onChange={(event) => setUser(event.target.value)}
        />
      )}
      <TextField
        isLarge
        key={way.kind}
        label={isKey ? t.login.key : t.login.password}
        type={isShown ? 'text' : 'password'}
        value={secret}
        autoComplete={isKey ? 'off' : 'current-password'}
        autoFocus={isKey}
        spellCheck={false}
        onChange={(event) => setSecret(event.target.value)}
        onKeyDown={onKey}
        onKeyUp={onKey}
        {...(error === null ? {} : { error })}
        help={isKey && error === null ? t.login.keyHelp : undefined}
        trailing={
          <button
            type="button"
            className="button quiet icon-only"
            aria-label={isShown ? t.login.hide : t.login.show}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? (
              <IconEyeOff size={18} stroke={1.75} aria-hidden />
            ) : (
              <IconEye size={18} stroke={1.75} aria-hidden />
            )}
          </button>
        }
      />
      {hasCaps && !isKey ? (
        <div className="login-caps" role="status">
          <StateGlyph state="attention" /> {t.login.capsLock}
        </div>
      ) : null}
      <Button
        type="submit"
        kind="primary"
        isBlock
        label={t.login.submit}
        isBusy={isBusy}
        className="login-submit"
      />
    </form>
  )
}
