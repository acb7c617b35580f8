import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import { unique } from '~/api/unique';
import { openDialog } from './dialogs';

/** Asks before a page with unsaved changes is left. The function that comes back lets one leave unasked. */
export function useGuard(dirty: boolean, about: ReactNode): () => void {
  const { t } = useLingui();
  const free = useRef(false);
  useBlocker({
    shouldBlockFn: ({ current, next }) => {
      if (!dirty || free.current || current.pathname === next.pathname) return false;
      return new Promise((resolve) => {
        const id = unique();
        let left = false;
        openDialog({
          modalId: id,
          title: t`Leave without saving?`,
          closeButtonProps: { 'aria-label': t`Close` },
          onClose: () => resolve(!left),
          children: (
            <Stack>
              <Text size="sm">{about}</Text>
              <Group justify="flex-end">
                <Button variant="default" onClick={() => modals.close(id)} data-autofocus>
                  <Trans>Stay</Trans>
                </Button>
                <Button
                  color="red"
                  onClick={() => {
                    left = true;
                    modals.close(id);
                  }}
                >
                  <Trans>Leave</Trans>
                </Button>
              </Group>
            </Stack>
          ),
        });
      });
    },
    enableBeforeUnload: () => dirty && !free.current,
  });
  return () => {
    free.current = true;
  };
}
