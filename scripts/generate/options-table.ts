import { markdownTable } from './markdown-table.ts'
import type { OptionSchema } from './provider-packages.ts'

/** A table of some options of a JSON Schema; members of nested options get lines of their own. */
export function optionsTable(schema: OptionSchema, isWanted: (option: string) => boolean): string {
  const options = Object.entries(schema.properties ?? {}).filter(([option]) => isWanted(option))
  const required = schema.required ?? []
  const rows = options.flatMap(([option, definition]) => [
    row(option, definition, required.includes(option)),
    ...Object.entries(definition.properties ?? {}).map(([member, nested]) =>
      row(`${option}.${member}`, nested, (definition.required ?? []).includes(member)),
    ),
  ])
  return markdownTable(['Option', 'Required', 'Value', 'What it is'], rows)
}

function row(option: string, definition: OptionSchema, isRequired: boolean): string[] {
  return [`\`${option}\``, isRequired ? 'yes' : '', valueOf(definition), definition.description ?? '']
}

function valueOf({ type, enum: values, items }: OptionSchema): string {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ')
  if (type === 'array') return items?.type === undefined ? 'list' : `list of ${valueOf(items)}s`
  return type ?? ''
}
