import type { Generator } from './generated-file.ts'
import { replaceSection } from './replace-section.ts'

/** Pages of docs/deployment, and the files of deploy/ that they show. */
const shown: Readonly<Record<string, readonly (readonly [file: string, language: string])[]>> = {
  nginx: [
    ['nginx/upstream.conf', 'nginx'],
    ['nginx/portico.conf', 'nginx'],
  ],
  caddy: [['caddy/Caddyfile', 'caddyfile']],
  systemd: [['systemd/portico.service', 'ini']],
}

/** Configuration files in the documentation, as they are tested. */
export const deploymentFiles: Generator = (read) =>
  Object.entries(shown).map(([name, files]) => {
    const path = `docs/deployment/${name}.md`
    const content = files.reduce(
      (page, [file, language]) =>
        replaceSection(page, file, `\`\`\`${language}\n${read(`deploy/${file}`).trim()}\n\`\`\``),
      read(path),
    )
    return { path, content }
  })
