// Written by `pnpm generate` from conformance/clients.
import type { PlayedClient } from './play-client.ts'

/** What the clients of docs/clients.md do before a user is needed. */
export const playedClients: readonly PlayedClient[] = [
  {
    "name": "ChatGPT",
    "redirectUris": [
      "https://chatgpt.com/connector/oauth/abc123",
      "https://chatgpt.com/connector_platform_oauth_redirect"
    ],
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "https://chatgpt.com/connector/oauth/abc123",
            "https://chatgpt.com/connector_platform_oauth_redirect"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "ChatGPT"
        }
      },
      {
        "by": "document",
        "clientId": "https://chatgpt.com/oauth/client.json",
        "redirectUris": [
          "https://chatgpt.com/connector/oauth/abc123"
        ]
      }
    ]
  },
  {
    "name": "claude.ai, Claude Desktop",
    "redirectUris": [
      "https://claude.ai/api/mcp/auth_callback"
    ],
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "https://claude.ai/api/mcp/auth_callback",
            "https://claude.com/api/mcp/auth_callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "Claude"
        }
      },
      {
        "by": "document",
        "clientId": "https://claude.ai/oauth/mcp-oauth-client-metadata",
        "redirectUris": [
          "https://claude.ai/api/mcp/auth_callback",
          "https://claude.com/api/mcp/auth_callback"
        ]
      }
    ]
  },
  {
    "name": "Claude Code",
    "redirectUris": [
      "http://localhost:3118/callback",
      "http://localhost:49152/callback"
    ],
    "registrations": [
      {
        "by": "document",
        "clientId": "https://claude.ai/oauth/claude-code-client-metadata",
        "redirectUris": [
          "http://localhost/callback",
          "http://127.0.0.1/callback"
        ]
      },
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://localhost:3118/callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "Claude Code"
        }
      }
    ]
  },
  {
    "name": "Codex CLI",
    "redirectUris": [
      "http://127.0.0.1:51234/callback",
      "http://127.0.0.1:51234/callback/x7Qz"
    ],
    "registrations": [
      {
        "by": "document",
        "clientId": "https://chatgpt.com/oauth/codex/client.json",
        "redirectUris": [
          "http://127.0.0.1/callback"
        ]
      },
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://127.0.0.1:51234/callback/x7Qz"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "Codex"
        }
      }
    ]
  },
  {
    "name": "Cursor",
    "redirectUris": [
      "cursor://anysphere.cursor-mcp/oauth/callback",
      "https://www.cursor.com/agents/mcp/oauth/callback",
      "http://localhost:8787/callback"
    ],
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "https://www.cursor.com/agents/mcp/oauth/callback",
            "http://localhost:8787/callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "Cursor",
          "application_type": "web"
        }
      }
    ]
  },
  {
    "name": "Gemini CLI",
    "redirectUris": [
      "http://localhost:7777/oauth/callback",
      "http://localhost:41235/oauth/callback"
    ],
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://localhost:7777/oauth/callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "Gemini CLI"
        }
      }
    ]
  },
  {
    "name": "MCP Inspector",
    "redirectUris": [
      "http://127.0.0.1:6276/oauth/callback"
    ],
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://127.0.0.1:6276/oauth/callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "MCP Inspector"
        }
      },
      {
        "by": "document",
        "clientId": "https://inspector.example/client.json",
        "redirectUris": [
          "http://127.0.0.1:6276/oauth/callback"
        ]
      }
    ]
  },
  {
    "name": "mcp-remote",
    "redirectUris": [
      "http://localhost:3334/oauth/callback",
      "http://localhost:17621/oauth/callback"
    ],
    "prompt": "consent",
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://localhost:3334/oauth/callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "MCP CLI Proxy"
        }
      }
    ]
  },
  {
    "name": "MCPorter, official SDK v1 and v2",
    "redirectUris": [
      "http://127.0.0.1:8090/callback",
      "http://127.0.0.1:8091/callback"
    ],
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://127.0.0.1:8090/callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "MCPorter",
          "scope": "mcp:tools"
        }
      },
      {
        "by": "document",
        "clientId": "https://sdk.example/client.json",
        "redirectUris": [
          "http://127.0.0.1/callback"
        ]
      }
    ]
  },
  {
    "name": "opencode",
    "redirectUris": [
      "http://127.0.0.1:19876/mcp/oauth/callback"
    ],
    "prompt": "consent",
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://127.0.0.1:19876/mcp/oauth/callback"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "OpenCode"
        }
      }
    ]
  },
  {
    "name": "VS Code, Copilot",
    "redirectUris": [
      "http://127.0.0.1:33418/",
      "http://127.0.0.1:52113/",
      "https://vscode.dev/redirect"
    ],
    "registrations": [
      {
        "by": "registration",
        "metadata": {
          "redirect_uris": [
            "http://127.0.0.1:33418/",
            "http://127.0.0.1/",
            "https://vscode.dev/redirect",
            "https://insiders.vscode.dev/redirect"
          ],
          "grant_types": [
            "authorization_code",
            "refresh_token"
          ],
          "response_types": [
            "code"
          ],
          "token_endpoint_auth_method": "none",
          "client_name": "Visual Studio Code",
          "application_type": "native"
        }
      },
      {
        "by": "document",
        "clientId": "https://vscode.dev/oauth/client-metadata.json",
        "redirectUris": [
          "http://127.0.0.1:33418/",
          "http://127.0.0.1/",
          "https://vscode.dev/redirect"
        ]
      }
    ]
  }
]
