import type { Answers } from './answers.ts'

/** Versions of what a package outside the repository depends on, as ranges. */
export type Ranges = Readonly<Record<'@portico/provider' | '@portico/testkit' | 'vitest' | 'zod', string>>

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** The configuration of a provider package inside the repository: what all of them have. */
export function workspaceConfiguration({ id, name, kind }: Answers): Readonly<Record<string, string>> {
  return {
    'package.json': json({
      name: `@portico/${id}`,
      version: '0.0.0',
      description: `Sign in to Portico with ${name}.`,
      license: 'MIT',
      files: ['dist', 'src'],
      type: 'module',
      sideEffects: false,
      exports: {
        '.': {
          '@portico/source': './src/index.ts',
          types: './dist/index.d.ts',
          default: './dist/index.js',
        },
        './package.json': './package.json',
      },
      scripts: { build: 'tsc --customConditions null' },
      dependencies: { '@portico/provider': 'workspace:^', ...(kind !== 'oidc' && { zod: 'catalog:' }) },
      devDependencies: { '@portico/testkit': 'workspace:^', vitest: 'catalog:' },
      engines: { node: '>=22' },
    }),
    'tsconfig.json': '{ "extends": "../../../tsconfig.base.json" }\n',
    'turbo.json': '{ "extends": ["//"], "tags": ["provider"] }\n',
  }
}

/** The configuration of a package that stands alone. */
export function standaloneConfiguration(
  { name, kind }: Answers,
  packageName: string,
  ranges: Ranges,
): Readonly<Record<string, string>> {
  return {
    'package.json': json({
      name: packageName,
      version: '0.1.0',
      description: `Sign in to Portico with ${name}.`,
      keywords: ['portico', 'portico-provider'],
      files: ['dist', 'src'],
      type: 'module',
      sideEffects: false,
      exports: {
        '.': { types: './dist/index.d.ts', default: './dist/index.js' },
        './package.json': './package.json',
      },
      scripts: { build: 'tsc', test: 'vitest run', prepack: 'npm run build' },
      dependencies: {
        '@portico/provider': ranges['@portico/provider'],
        ...(kind !== 'oidc' && { zod: ranges.zod }),
      },
      devDependencies: {
        '@portico/testkit': ranges['@portico/testkit'],
        typescript: '>=5.7',
        vitest: ranges.vitest,
      },
      engines: { node: '>=22' },
    }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'es2023',
        lib: ['es2023'],
        types: [],
        module: 'nodenext',
        rootDir: 'src',
        outDir: 'dist',
        declaration: true,
        sourceMap: true,
        strict: true,
        skipLibCheck: true,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
      include: ['src'],
    }),
    '.gitignore': 'node_modules/\ndist/\n',
  }
}
