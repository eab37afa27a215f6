import type { CallToolResult } from '@modelcontextprotocol/server'

/** One red pixel. */
export const image = {
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  mimeType: 'image/png',
}

/** A WAV file without samples. */
export const audio = {
  data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=',
  mimeType: 'audio/wav',
}

/** A tool result of one text. */
export const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] })
