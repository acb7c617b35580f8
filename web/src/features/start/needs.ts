import { useLingui } from '@lingui/react/macro';
import type { Schemas } from '~/api/client';

type Target = Schemas['NeedLink'];

const PAGES: Record<string, (id: string) => string> = {
  account: (id) => `/settings/whatsapp/${id}`,
  campaign: (id) => `/campaigns/${id}`,
  conversation: (id) => `/inbox/${id}`,
  import: (id) => `/profiles/imports/${id}`,
  template: (id) => `/templates/${id}`,
  callback: (id) => `/developers/callbacks/${id}`,
};
const LISTS: Record<string, string> = {
  account: '/settings/whatsapp',
  campaign: '/campaigns',
  conversation: '/inbox',
  import: '/profiles/imports',
  template: '/templates',
  callback: '/developers/callbacks',
};

/** The page where something that needs a person is mended. */
export function needPath({ type, id }: Target): string | undefined {
  return id ? PAGES[type]?.(id) : LISTS[type];
}

/** The words of the link to that page. */
export function useNeedLinks(): (type: string) => string {
  const { t } = useLingui();
  const words: Record<string, string> = {
    account: t`Open the provider`,
    campaign: t`Open the campaign`,
    conversation: t`Open the conversation`,
    import: t`Open the import`,
    template: t`Open the template`,
    callback: t`See the callbacks`,
  };
  return (type) => words[type] ?? t`Open`;
}
