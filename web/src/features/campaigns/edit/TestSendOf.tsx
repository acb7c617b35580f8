import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Card, Group, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFlask } from '@tabler/icons-react';
import { api, body, once } from '~/api/client';
import { TestSend } from '~/ui/TestSend';
import type { Editing } from './useEditing';

/** One message to see it on a phone, before everybody gets it. */
export function TestSendOf({ editing, blocked }: { editing: Editing; blocked: boolean }) {
  const { t } = useLingui();
  const [opened, { open, close }] = useDisclosure();
  const { draft } = editing;
  const { id } = draft.campaign;
  return (
    <Card withBorder component="section" aria-labelledby="test">
      <Group justify="space-between" align="center">
        <div>
          <Title order={2} size="h6" id="test">
            <Trans>See it on a phone first</Trans>
          </Title>
          <Text size="sm" c="dimmed">
            <Trans>A test goes to one person, with that person's values.</Trans>
          </Text>
        </div>
        <Button
          variant="default"
          leftSection={<IconFlask size={16} aria-hidden />}
          disabled={blocked}
          onClick={async () => {
            // What was typed last is what is tested.
            if (await draft.flush()) open();
          }}
        >
          <Trans>Send a test</Trans>
        </Button>
      </Group>
      <TestSend
        opened={opened}
        onClose={close}
        subject={t`the campaign`}
        send={(who) =>
          body(
            api.POST('/api/v1/campaigns/{id}/test', {
              params: { path: { id } },
              headers: once(),
              body: who,
            }),
          )
        }
      />
    </Card>
  );
}
