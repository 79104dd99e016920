// The layer that is being traced, by name: shown in graphs, plans and error messages.

const scopes: string[] = [];

/** "blocks.0.attention", or undefined outside any layer. */
export function currentScope(): string | undefined {
  return scopes.length === 0 ? undefined : scopes.join(".");
}

/** Runs `body`; what is traced meanwhile belongs to `name`, below the names around it. */
export function withScope<T>(name: string, body: () => T): T {
  scopes.push(name);
  try {
    return body();
  } finally {
    scopes.pop();
  }
}
