import { McpServer, ResourceTemplate } from '@modelcontextprotocol/server'
import { z } from 'zod'

interface Note {
  readonly id: number
  readonly text: string
}

/** Notebooks in memory: the ids of each count from 1, and nothing depends on the time. */
export function createNotebooks() {
  const notebooks = new Map<string, Note[]>()
  const lastIds = new Map<string, number>()
  return {
    names: (): readonly string[] => [...notebooks.keys()].sort(),
    list: (notebook: string): readonly Note[] => notebooks.get(notebook) ?? [],
    add(notebook: string, text: string): Note {
      const id = (lastIds.get(notebook) ?? 0) + 1
      lastIds.set(notebook, id)
      const note = { id, text }
      notebooks.set(notebook, [...(notebooks.get(notebook) ?? []), note])
      return note
    },
    remove(notebook: string, id: number): boolean {
      const notes = notebooks.get(notebook) ?? []
      const kept = notes.filter((note) => note.id !== id)
      if (kept.length > 0) notebooks.set(notebook, kept)
      else notebooks.delete(notebook)
      return kept.length < notes.length
    },
  }
}

/** The notebooks behind one or several servers. */
export type Notebooks = ReturnType<typeof createNotebooks>

const notebook = z.string().min(1).max(64).default('default').describe('Whose notes: any name.')

function format(notes: readonly Note[]): string {
  return notes.length === 0 ? 'There are no notes.' : notes.map(({ id, text }) => `${id}. ${text}`).join('\n')
}

/** Tools and a resource over notebooks that several server instances share. */
export function createNotesServer(notebooks: Notebooks): McpServer {
  const server = new McpServer({ name: 'portico-notes', title: 'Portico notes', version: '1.0.0' })

  server.registerTool(
    'add_note',
    {
      title: 'Add a note',
      description: 'Writes a note into a notebook and returns its number.',
      inputSchema: z.object({ notebook, text: z.string().min(1).max(2000) }),
      outputSchema: z.object({ id: z.number().int(), text: z.string() }),
    },
    async (input) => {
      const note = notebooks.add(input.notebook, input.text)
      return { content: [{ type: 'text', text: format([note]) }], structuredContent: { ...note } }
    },
  )

  server.registerTool(
    'list_notes',
    {
      title: 'List the notes',
      description: 'Returns every note of a notebook.',
      inputSchema: z.object({ notebook }),
      outputSchema: z.object({ notes: z.array(z.object({ id: z.number().int(), text: z.string() })) }),
      annotations: { readOnlyHint: true },
    },
    async (input) => {
      const notes = [...notebooks.list(input.notebook)]
      return { content: [{ type: 'text', text: format(notes) }], structuredContent: { notes } }
    },
  )

  server.registerTool(
    'remove_note',
    {
      title: 'Remove a note',
      description: 'Removes a note by its number.',
      inputSchema: z.object({ notebook, id: z.number().int() }),
      annotations: { destructiveHint: true, idempotentHint: true },
    },
    async (input) => {
      const removed = notebooks.remove(input.notebook, input.id)
      const text = removed
        ? `Removed note ${input.id}.`
        : `There is no note ${input.id} in "${input.notebook}".`
      return { content: [{ type: 'text', text }], isError: !removed }
    },
  )

  server.registerResource(
    'notebook',
    new ResourceTemplate('notes://{notebook}', {
      list: async () => ({
        resources: notebooks.names().map((name) => ({ name, uri: `notes://${encodeURIComponent(name)}` })),
      }),
    }),
    { title: 'A notebook', mimeType: 'text/plain' },
    async ({ href }, variables) => {
      const name = decodeURIComponent(String(variables['notebook']))
      return { contents: [{ uri: href, mimeType: 'text/plain', text: format(notebooks.list(name)) }] }
    },
  )

  return server
}
