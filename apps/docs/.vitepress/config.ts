import { defineConfig } from 'vitepress'

import { sidebar } from '../src/sidebar.ts'

export default defineConfig({
  title: 'Portico',
  description:
    'An OAuth 2.1 authorization server in front of any identity provider, and the MCP gateway composed from it.',
  srcDir: 'content',
  outDir: 'dist',
  cleanUrls: true,
  markdown: {
    languageAlias: { jsonc: 'json' },
    config(markdown) {
      // Diagrams are drawn in the browser; without scripts their text remains.
      const fence = markdown.renderer.rules.fence
      markdown.renderer.rules.fence = (tokens, index, ...rest) => {
        const token = tokens[index]
        if (token?.info.trim() === 'mermaid')
          return `<MermaidDiagram text="${markdown.utils.escapeHtml(token.content)}" />`
        return fence?.(tokens, index, ...rest) ?? ''
      }
    },
  },
  themeConfig: {
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Providers', link: '/providers/' },
      { text: 'Command line', link: '/reference/cli' },
      { text: 'API', link: '/reference/api/' },
    ],
    sidebar,
    search: { provider: 'local' },
    outline: [2, 3],
  },
})
