import { createContext, useContext } from 'react'
import { palettes, type Palette, type ThemeName } from './tokens.ts'

export const ThemeContext = createContext<ThemeName>('dark')

/** Colours of the theme that is shown, for drawing on canvas. */
export function usePalette(): Palette {
  return palettes[useContext(ThemeContext)]
}
