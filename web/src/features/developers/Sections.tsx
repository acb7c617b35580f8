import { Trans, useLingui } from '@lingui/react/macro';
import { IconKey, IconListDetails, IconSend, IconWebhook } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { SubNav } from '~/ui/SubNav';

/** What passed between providers and us. */
const LOGS = ['/developers/callbacks', '/developers/attempts'];

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
      to: '/developers/attempts',
      text: <Trans>Sending log</Trans>,
      icon: <IconSend size={16} aria-hidden />,
    },
    {
      to: '/developers/api',
      text: <Trans>API reference</Trans>,
      icon: <IconListDetails size={16} aria-hidden />,
    },
  ].filter(({ to }) => !LOGS.includes(to) || can('callbacks.read'));
  return <SubNav label={t`Pages for developers`} links={links} />;
}
