import { useSaid } from '~/i18n/said';

/** A sentence of the server, in the language of the page. */
export function Said({ text }: { text: string }) {
  const said = useSaid();
  return said(text);
}
