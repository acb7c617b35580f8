import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconInfoCircle } from '@tabler/icons-react';
import { useSaid } from '~/i18n/said';
import { done, failed } from '~/ui/toast';
import type { Template } from './form';
import { type Carrier, useImport } from './queries';

/** What the status means, why it is so, and the next step. */
export function StatusNote({ template, carrier }: { template: Template; carrier: Carrier | undefined }) {
  const { t } = useLingui();
  const said = useSaid();
  const importing = useImport();
  const detail = template.status_detail && said(template.status_detail);
  const ask = carrier?.can('template_list') ? (
    <Button
      size="xs"
      variant="default"
      mt="xs"
      loading={importing.isPending}
      onClick={() =>
        importing
          .mutateAsync(template.account_id)
          .then(() => done(t`The provider was asked.`))
          .catch(failed)
      }
    >
      <Trans>Ask the provider now</Trans>
    </Button>
  ) : null;
  switch (template.status) {
    case 'pending':
      return (
        <Alert variant="light" color="blue" icon={<IconClock aria-hidden />} title={t`In review`}>
          <Text size="sm">
            <Trans>WhatsApp looks at it, mostly within minutes, at times for a day.</Trans>
          </Text>
          {detail && <Text size="sm">{detail}</Text>}
          {ask}
        </Alert>
      );
    case 'rejected':
      return (
        <Alert variant="light" color="red" icon={<IconAlertTriangle aria-hidden />} title={t`Rejected`}>
          <Text size="sm" dir="auto">
            {detail ?? t`No reason was given.`}
          </Text>
          <Text size="sm">
            <Trans>Mend it and submit it again.</Trans>
          </Text>
        </Alert>
      );
    case 'paused':
      return (
        <Alert variant="light" color="yellow" icon={<IconAlertTriangle aria-hidden />} title={t`Paused`}>
          <Text size="sm">
            <Trans>WhatsApp holds it back for a while, mostly because people blocked or reported it.</Trans>
          </Text>
          {detail && <Text size="sm">{detail}</Text>}
          {ask}
        </Alert>
      );
    case 'disabled':
      return (
        <Alert variant="light" color="gray" icon={<IconInfoCircle aria-hidden />} title={t`Disabled`}>
          <Text size="sm">{detail ?? t`It is out of use: nothing is sent with it.`}</Text>
        </Alert>
      );
    default:
      return detail ? (
        <Alert variant="light" color="gray" icon={<IconInfoCircle aria-hidden />}>
          <Text size="sm">{detail}</Text>
        </Alert>
      ) : null;
  }
}
