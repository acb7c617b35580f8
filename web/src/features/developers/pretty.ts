/** A body as a person reads it: JSON indented, a form one pair a line, anything else as it is. */
export function pretty(raw: string, contentType: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    // Not JSON.
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return [...new URLSearchParams(raw)].map(([name, value]) => `${name} = ${value}`).join('\n');
  }
  return raw;
}
