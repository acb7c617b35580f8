import { Trans, useLingui } from '@lingui/react/macro';
import { Alert } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Says how long to wait after too many wrong tries, and when it is over. */
export function TooManyTries({ wait, children }: { wait: number; children: ReactNode }) {
  const { t } = useLingui();
  return (
    <Alert color="yellow" role="alert" icon={<IconClock aria-hidden />} title={t`Too many tries`}>
      {wait > 0 ? children : <Trans>You can try again now.</Trans>}
    </Alert>
  );
}
