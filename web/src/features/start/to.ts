/** Where to go after the sign-in: a path of this server and nothing else, so that a link cannot lead elsewhere. */
export function safePath(to: unknown): string | undefined {
  if (typeof to !== 'string' || !to.startsWith('/')) return undefined;
  // The browser takes `//host`, `/\host` and control characters between the slashes as another server.
  if (!URL.canParse(to, location.origin)) return undefined;
  const url = new URL(to, location.origin);
  if (url.origin !== location.origin) return undefined;
  const path = url.pathname + url.search + url.hash;
  if (path.startsWith('//') || /^\/(signin|setup|invite)\b/.test(path)) return undefined;
  return path;
}
