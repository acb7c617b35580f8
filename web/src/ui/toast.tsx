import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { unique } from '~/api/unique';
import { ProblemAlert } from './ProblemAlert';

/** Says that something worked; with `undo`, for ten seconds with a way back. */
export function done(message: ReactNode, undo?: () => Promise<unknown>): void {
  const id = unique();
  notifications.show({
    id,
    color: 'brand',
    icon: <IconCheck size={18} aria-hidden />,
    autoClose: undo ? 10_000 : 4_000,
    closeButtonProps: { 'aria-label': t`Close` },
    message: undo ? (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="subtle"
          flex="none"
          onClick={() => {
            notifications.hide(id);
            undo().catch(failed);
          }}
        >
          <Trans>Undo</Trans>
        </Button>
      </Group>
    ) : (
      message
    ),
  });
}

/** Says that a job is over and what came of it. What went wrong stays until it is closed. */
export function over(message: ReactNode, good: boolean): void {
  notifications.show({
    color: good ? 'brand' : 'red',
    icon: good ? <IconCheck size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />,
    autoClose: good ? 8_000 : false,
    closeButtonProps: { 'aria-label': t`Close` },
    message,
  });
}

/** Says that something did not work, until it is closed. */
export function failed(problem: unknown): void {
  notifications.show({
    color: 'red',
    autoClose: false,
    closeButtonProps: { 'aria-label': t`Close` },
    withBorder: true,
    message: <ProblemAlert problem={problem} />,
  });
}
