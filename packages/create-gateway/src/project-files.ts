import type { Answers, StorageChoice } from './answers.ts'
import { policiesFile, routesFile } from './configuration-files.ts'
import { environmentExample, environmentFile } from './environment-files.ts'
import { readmeFile } from './readme-file.ts'

/** The client that the command line opens a storage with. */
const storageClients: Readonly<Record<StorageChoice, Readonly<Record<string, string>>>> = {
  sqlite: {},
  postgres: { pg: '^8.0.0' },
  redis: { redis: '^6.0.0' },
}

/**
 * Every file of the project by its path.
 *
 * @param range of the command line that the project is started with, e.g. `^0.1.0`
 */
export function projectFiles(answers: Answers, range: string): Readonly<Record<string, string>> {
  const { folder, storage } = answers
  return {
    'config/policies.json': policiesFile(answers),
    'config/routes.oas.json': routesFile(answers),
    '.env': environmentFile(answers),
    '.env.example': environmentExample(answers),
    '.gitignore': 'node_modules/\ndata/\n.env\n',
    'compose.yaml': composeFile(storage),
    'package.json': `${JSON.stringify(
      {
        name: folder,
        private: true,
        type: 'module',
        scripts: { check: 'portico config check && portico doctor', start: 'portico serve' },
        // The command line brings the providers.
        dependencies: { portico: range, ...storageClients[storage] },
        // SQLite needs no flag there.
        engines: { node: '>=22.13' },
      },
      null,
      2,
    )}\n`,
    'README.md': readmeFile(answers),
  }
}

function composeFile(storage: StorageChoice): string {
  const beside = storage === 'sqlite' ? '' : besideGateway[storage]
  return `# The gateway${storage === 'sqlite' ? '' : ' and its storage'}. Put a proxy with a certificate in front of port 9000.
services:
  gateway:
    image: node:24-slim
    user: node
    working_dir: /app
    volumes: [.:/app]
    env_file: .env
    command: npx portico serve --host 0.0.0.0
    ports: ['127.0.0.1:9000:9000']
    restart: unless-stopped
${beside}${services[storage]}`
}

/** Inside the network of the containers a service is called by its name. */
const besideGateway: Readonly<Record<Exclude<StorageChoice, 'sqlite'>, string>> = {
  postgres: `    environment: { PORTICO_STORAGE: 'postgres://portico:portico@postgres:5432/portico' }
    depends_on: [postgres]
`,
  redis: `    environment: { PORTICO_STORAGE: 'redis://redis:6379/0' }
    depends_on: [redis]
`,
}

const services: Readonly<Record<StorageChoice, string>> = {
  sqlite: '',
  postgres: `
  postgres:
    image: postgres:17
    environment: { POSTGRES_USER: portico, POSTGRES_PASSWORD: portico, POSTGRES_DB: portico }
    ports: ['127.0.0.1:5432:5432']
    volumes: [postgres:/var/lib/postgresql/data]
    restart: unless-stopped

volumes:
  postgres:
`,
  redis: `
  redis:
    image: redis:8
    # Nothing that was answered may be lost, and nothing be evicted.
    command: redis-server --appendonly yes --appendfsync always --maxmemory-policy noeviction
    ports: ['127.0.0.1:6379:6379']
    volumes: [redis:/data]
    restart: unless-stopped

volumes:
  redis:
`,
}
