import { useLingui } from '@lingui/react/macro';

/** The server names a message without words by its kind in brackets; people read it in their language. */
export function useSnippet(): (text: string) => string {
  const { t } = useLingui();
  const kinds: Record<string, string> = {
    '[image]': t`Picture`,
    '[video]': t`Video`,
    '[audio]': t`Audio`,
    '[voice]': t`Voice message`,
    '[document]': t`Document`,
    '[sticker]': t`Sticker`,
    '[location]': t`Location`,
    '[contacts]': t`Contact card`,
    '[reaction]': t`Reaction`,
    '[order]': t`Order`,
  };
  return (text) => kinds[text] ?? text;
}

/** What stands for a name in a circle. */
export const initial = (name: string) => Array.from(name.trim())[0]?.toLocaleUpperCase() ?? '';
