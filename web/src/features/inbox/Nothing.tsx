import { Trans } from '@lingui/react/macro';
import { Center } from '@mantine/core';
import { IconMessages } from '@tabler/icons-react';
import { EmptyState } from '~/ui/EmptyState';

/** Beside the list, while nothing is chosen. */
export function Nothing() {
  return (
    <Center h="100%">
      <EmptyState icon={IconMessages} title={<Trans>Choose a conversation</Trans>}>
        <Trans>The keys J and K move through the list, and Enter opens a conversation.</Trans>
      </EmptyState>
    </Center>
  );
}
