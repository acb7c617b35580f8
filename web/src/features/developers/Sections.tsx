import { Trans, useLingui } from '@lingui/react/macro';
import { IconKey, IconListDetails, IconWebhook } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { SubNav } from '~/ui/SubNav';

/** The pages for developers. */
export function Sections() {
  const { t } = useLingui();
  const can = useCan();
  const links = [
    { to: '/developers', text: <Trans>API keys</Trans>, icon: <IconKey size={16} aria-hidden /> },
    {
      to: '/developers/callbacks',
      text: <Trans>Callbacks</Trans>,
      icon: <IconWebhook size={16} aria-hidden />,
    },
    {
      to: '/developers/api',
      text: <Trans>API reference</Trans>,
      icon: <IconListDetails size={16} aria-hidden />,
    },
  ].filter(({ to }) => to !== '/developers/callbacks' || can('callbacks.read'));
  return <SubNav label={t`Pages for developers`} links={links} />;
}
