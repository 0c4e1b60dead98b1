import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconLogin2, IconLogout } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { Button } from '../parts/button.tsx'
import { chooseLanguage, language, languages, t, type Language } from '../text/text.ts'
import { useControlRoom, usePref, useSession } from './use-control-room.ts'

const themes = ['auto', 'dark', 'light', 'contrast'] as const
const densities = ['compact', 'comfortable'] as const

/** Theme, density, language, log out. */
export function UserMenu(): ReactElement {
  const room = useControlRoom()
  const user = useSession((session) => session.bootstrap?.user ?? null)
  const name = user?.label ?? t.user.public
  const [theme, setTheme] = usePref('theme')
  const [density, setDensity] = usePref('density')
  const [letterKeys, setLetterKeys] = usePref('letterKeys')
  const mark = (isOn: boolean): ReactElement | undefined =>
    isOn ? <IconCheck size={16} aria-hidden /> : undefined
  return (
    <Menu width={200}>
      <Menu.Target>
        <Button
          label={name}
          aria-label={t.user.menu(name)}
          trailing={<IconChevronDown size={14} aria-hidden />}
          className="user-button"
        />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.user.theme}</Menu.Label>
        {themes.map((value) => (
          <Menu.Item key={value} rightSection={mark(value === theme)} onClick={() => setTheme(value)}>
            {t.user.themes[value]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.user.density}</Menu.Label>
        {densities.map((value) => (
          <Menu.Item key={value} rightSection={mark(value === density)} onClick={() => setDensity(value)}>
            {t.user.densities[value]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item rightSection={mark(letterKeys)} onClick={() => setLetterKeys(!letterKeys)}>
          {t.user.keys}
        </Menu.Item>
        <Menu.Label>{t.user.language}</Menu.Label>
        {Object.entries(languages).map(([key, label]) => (
          <Menu.Item
            key={key}
            rightSection={mark(key === language)}
            onClick={() => chooseLanguage(key as Language)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {user === null || user.kind === 'public' ? (
          <Menu.Item leftSection={<IconLogin2 size={16} aria-hidden />} component="a" href="/login">
            {t.user.logIn}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void room.logOut()}>
            {t.user.logOut}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
