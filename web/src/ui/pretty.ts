function json(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

/** A body as a person reads it: JSON indented, a form one pair a line with JSON in it indented, anything else as it is. */
export function pretty(raw: string, contentType: string): string {
  const whole = json(raw);
  if (whole !== undefined) return whole;
  if (!contentType.startsWith('application/x-www-form-urlencoded')) return raw;
  return [...new URLSearchParams(raw)]
    .map(([name, value]) => {
      const inside = /^\s*[[{]/.test(value) ? json(value) : undefined;
      return inside === undefined ? `${name} = ${value}` : `${name} =\n${inside}`;
    })
    .join('\n');
}
