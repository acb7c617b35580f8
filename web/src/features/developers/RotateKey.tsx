import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { KeyShown, type Made } from './KeyShown';
import { useRotateKey } from './queries';

/** Makes the successor of a key, which works a while beside it. */
export function RotateKey({ replaced, close }: { replaced: Schemas['ApiKey']; close: () => void }) {
  const { t } = useLingui();
  const rotate = useRotateKey();
  const [hours, setHours] = useState('24');
  const [made, setMade] = useState<Made>();
  const { id, name, scopes } = replaced;
  const go = () =>
    rotate.mutate(
      { id, hours: Number(hours) },
      { onSuccess: (key) => setMade({ key, name, scopes: scopes ?? null }) },
    );
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={made ? t`Keep the key of ${name}` : t`Replace the key of ${name}`}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {made ? (
        <KeyShown made={made} leave={close} />
      ) : (
        <Stack>
          <Text size="sm">
            <Trans>
              The new key has the same name and permissions. Give it to the program while the old one still
              works.
            </Trans>
          </Text>
          <Select
            label={t`The old key works`}
            value={hours}
            onChange={(chosen) => setHours(chosen ?? '24')}
            allowDeselect={false}
            data={[
              { value: '0', label: t`No more, from now on` },
              { value: '1', label: t`One hour longer` },
              { value: '24', label: t`One day longer` },
              { value: '168', label: t`One week longer` },
            ]}
            maw={320}
          />
          {rotate.isError && <ProblemAlert problem={rotate.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              <Trans>Cancel</Trans>
            </Button>
            <Button onClick={go} loading={rotate.isPending}>
              <Trans>Make the new key</Trans>
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
