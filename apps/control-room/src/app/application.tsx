import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider, type RouterHistory } from '@tanstack/react-router'
import { useEffect, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { resolvedTheme } from '../stores/prefs-store.ts'
import { mantineTheme, mantineVariables } from '../theme/mantine-theme.ts'
import { ThemeContext } from '../theme/theme-context.ts'
import type { ThemeName } from '../theme/tokens.ts'
import { language } from '../text/text.ts'
import type { ControlRoom } from './control-room.ts'
import { makeRouter } from './router.tsx'
import { ControlRoomContext } from './use-control-room.ts'

export interface ApplicationProps {
  readonly room: ControlRoom
  readonly history?: RouterHistory
}

/** The whole application around one control room. */
export function Application({ room, history }: ApplicationProps): ReactElement {
  const [router] = useState(() => makeRouter(room, history))
  const theme = useThemeName(room)
  useEffect(() => {
    void room.start()
    return () => room.close()
  }, [room])
  return (
    <ControlRoomContext value={room}>
      <ThemeContext value={theme}>
        <MantineProvider
          theme={mantineTheme}
          cssVariablesResolver={mantineVariables}
          forceColorScheme={theme === 'light' ? 'light' : 'dark'}
          deduplicateCssVariables
        >
          <QueryClientProvider client={room.queries}>
            <Notifications position="bottom-right" limit={4} />
            <RouterProvider router={router} />
          </QueryClientProvider>
        </MantineProvider>
      </ThemeContext>
    </ControlRoomContext>
  )
}

/** Follows the preference, the system and, for 'auto', the hour; sets it on the document for the style sheet. */
function useThemeName(room: ControlRoom): ThemeName {
  const preference = useStore(room.prefs, (prefs) => prefs.theme)
  const [tick, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTick((n) => n + 1), 60_000)
    return () => clearInterval(timer)
  }, [])
  const theme = resolvedTheme(preference, {
    prefersDark: matchMedia('(prefers-color-scheme: dark)').matches,
    prefersContrast: matchMedia('(prefers-contrast: more)').matches,
    hour: new Date().getHours(),
  })
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
    document.documentElement.lang = language
  }, [theme, tick])
  return theme
}
