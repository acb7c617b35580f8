/** A request with its answer, as the simulator saw it. Passwords and tokens are hidden there already. */
export interface Exchange {
  n: number;
  /** Milliseconds since 1970 UTC. */
  at: number;
  direction: 'request' | 'callback';
  method: string;
  url: string;
  content_type: string;
  body: string;
  status: number | null;
  answer: string;
  took_ms: number;
}

const FORM = 'application/x-www-form-urlencoded';
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a command. */
export function curlOf({ method, url, content_type, body }: Exchange): string {
  const parts = [
    `curl ${method === 'GET' || (method === 'POST' && body) ? '' : `-X ${method} `}${quoted(url)}`,
  ];
  if (body && content_type === FORM)
    for (const [name, value] of new URLSearchParams(body))
      parts.push(`--data-urlencode ${quoted(`${name}=${value}`)}`);
  else if (body) parts.push(`-H ${quoted(`content-type: ${content_type}`)}`, `--data-raw ${quoted(body)}`);
  if (method === 'GET' && body) parts.splice(1, 0, '--get');
  return parts.join(' \\\n  ');
}

/** The message of ours that it is about. */
export const messageOf = ({ body }: Exchange): string | undefined =>
  /(?<![a-z0-9])msg_[0-9a-z]{13}(?![0-9a-z])/.exec(body)?.[0];

/** What it was in a word: the method that was asked for, or the states that were told. */
export function gistOf({ direction, body, content_type, url }: Exchange): string {
  if (direction === 'request') return new URLSearchParams(body).get('method') ?? '';
  const text = content_type === FORM ? [...new URLSearchParams(body).values()].join(' ') : body || url;
  const states = new Set(
    [...text.matchAll(/\b(SENT|DELIVERED|READ|FAILED|clicked)\b/g)].map(([word]) => word.toLowerCase()),
  );
  if (/clickTime/.test(text)) states.add('clicked');
  return [...states].join(', ') || 'inbound';
}
