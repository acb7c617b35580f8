import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconEye } from '@tabler/icons-react';
import { CopyField } from '~/ui/CopyField';
import { useFormat } from '~/ui/format';

interface Props {
  url: string;
  expiresAt: number;
  email: string;
  close?: () => void;
}

/** A link that works once, the only time that it is shown. */
export function OneTimeLink({ url, expiresAt, email, close = modals.closeAll }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  return (
    <Stack>
      <Alert color="yellow" icon={<IconEye aria-hidden />} title={t`Shown this once`}>
        <Trans>
          Nothing is sent by itself. Give the link to <bdi>{email}</bdi> in a way that only they can read.
        </Trans>
      </Alert>
      <CopyField label={t`Link`} value={url} />
      <Text size="sm" c="dimmed">
        <Trans>It works once, until {format.full(expiresAt)}.</Trans>
      </Text>
      <Group justify="flex-end">
        <Button onClick={close}>
          <Trans>Done</Trans>
        </Button>
      </Group>
    </Stack>
  );
}
