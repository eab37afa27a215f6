import { describe, expect, it } from 'vitest'

import { accentOf } from '../../src/pages/accent.ts'
import { chooseLanguage } from '../../src/pages/choose-language.ts'
import { displayText } from '../../src/pages/display-text.ts'

describe('the language', () => {
  const available = ['en', 'de', 'ja'] as const
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-at', 'de'],
    ['fr, de;q=0.5, ja;q=0.8', 'ja'],
    ['fr;q=0.9, en;q=0.1, de;q=0.2', 'de'],
    ['de;q=0, en', 'en'],
    ['*', 'en'],
    ['fr, *;q=0.1', 'en'],
    ['deutsch', 'en'],
    [';;;,,,q=1', 'en'],
    ['de;q=abc', 'de'],
  ])('for %j is %s', (header, expected) => {
    expect(chooseLanguage(header, available)).toBe(expected)
  })
})

describe('text that a stranger chose', () => {
  it.each([
    ['Claude Code', 'Claude Code'],
    ['  two   spaces\n', 'two spaces'],
    ['Größe 日本語 🙂', 'Größe 日本語 🙂'],
    ['a\u202Eb\u2066c\u200Ed', 'a b c d'],
    ['a\u0000b\u001B[31mc', 'a b [31mc'],
    [`e${'\u0301'.repeat(50)}x`, 'é\u0301\u0301x'],
    ['\u200B\u200B', ''],
  ])('%j is shown as %j', (text, expected) => {
    expect(displayText(text)).toBe(expected)
  })

  it('is cut behind a whole character', () => {
    expect(displayText('🙂'.repeat(200))).toBe(`${'🙂'.repeat(99)}…`)
    expect(displayText('x'.repeat(100))).toBe('x'.repeat(100))
  })
})

describe('the accent color', () => {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }

  it.each(['#000000', '#ffffff', '#ff0000', '#00f', '#ffd400', '#777777', '#3d4fc4', '#0a0', '#767676'])(
    'WCAG 1.4.3 %s has a text color with a contrast of 4.5 at least',
    (color) => {
      const { background, text } = accentOf(color)
      const [light = 0, dark = 0] = [luminance(background), luminance(text)].sort((a, b) => b - a)
      expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5)
    },
  )

  it('is the standard one for anything that is no color', () => {
    expect(accentOf('red; } body { display: none')).toEqual(accentOf(undefined))
  })
})
