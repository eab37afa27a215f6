export const linear = {
  id: 'linear',
  displayName: 'Linear',
  authMode: 'user-oauth',
  url: 'https://upstream.example/mcp',
} as const
export const keyed = {
  ...linear,
  id: 'keyed',
  displayName: 'Notes',
  authMode: 'user-api-key',
  apiKey: { header: 'X-Api-Key' },
} as const
export const shared = {
  ...linear,
  id: 'team',
  displayName: 'Team',
  authMode: 'shared-oauth' as const,
  adminGroups: ['admins'],
}
