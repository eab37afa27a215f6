import { describe, expect, it } from 'vitest'

import { accentOf } from '../../src/pages/accent.ts'
import { chooseLanguage } from '../../src/pages/choose-language.ts'
import { displayText } from '../../src/pages/display-text.ts'
import { de } from '../../src/pages/messages/de.ts'
import { en, type MessageKey } from '../../src/pages/messages/en.ts'
import { es } from '../../src/pages/messages/es.ts'
import { fr } from '../../src/pages/messages/fr.ts'
import { ja } from '../../src/pages/messages/ja.ts'
import { signInFlow } from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

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

describe('the catalogs', () => {
  const placeholders = (text: string): string[] =>
    [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()

  it.each(Object.entries({ de, es, fr, ja }))(
    '%s says everything that English says, with the same values',
    (_, catalog) => {
      expect(Object.keys(catalog)).toEqual(Object.keys(en))
      for (const key of Object.keys(en) as MessageKey[]) {
        expect([key, placeholders(catalog[key])]).toEqual([key, placeholders(en[key])])
        expect([key, catalog[key].trim()]).toEqual([key, catalog[key]])
        expect(catalog[key]).not.toBe('')
      }
    },
  )

  it.each([
    ['de-CH', 'de', 'Eine App auf diesem Computer möchte Demo verwenden', 'Erlauben'],
    ['fr', 'fr', 'Une application de cet ordinateur souhaite utiliser Demo', 'Autoriser'],
    ['es-MX,es;q=0.9', 'es', 'Una aplicación de este equipo quiere usar Demo', 'Permitir'],
    ['ja', 'ja', 'このコンピューター上のアプリ が Demo の利用を求めています', '許可'],
    ['pt', 'en', 'An app on this computer wants to use Demo', 'Allow'],
  ])('serve a reader of %s in %s', async (header, language, sentence, button) => {
    const flow = signInFlow()
    const english = await flow.browser.open((await flow.request()).url)
    const cookie = flow.browser
      .cookies(publicUrl)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const headers = { cookie, 'accept-language': header }
    const response = await flow.server.fetch(new Request(english.url, { headers }))
    expect(response.headers.get('vary')).toContain('Accept-Language')
    const text = (await response.text()).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
    expect(text).toContain(sentence)
    expect(text).toContain(` ${button} `)
    const page = await flow.server.fetch(new Request(english.url, { headers }))
    expect(await page.text()).toContain(`<html lang="${language}">`)
  })
})
