import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { done } from '~/ui/toast';
import { useEndDemo, useStart } from './queries';

/** Says that customers are simulated, and takes the sample data away. */
export function DemoNote() {
  const { t } = useLingui();
  const can = useCan();
  const { data: start } = useStart();
  const end = useEndDemo();
  if (!start?.demo) return null;
  const ask = () =>
    confirm({
      title: t`Remove the sample data?`,
      children: t`The simulated provider, its customers, and all their messages, campaigns and templates are deleted. What you made yourself stays.`,
      act: t`Remove the sample data`,
      danger: true,
      run: async () => {
        await end.mutateAsync();
        done(t`The sample data is gone.`);
      },
    });
  return (
    <Alert variant="light" color="blue" icon={<IconFlask aria-hidden />} p="sm">
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          <Trans>This is a demonstration: the customers are simulated and no real message is sent.</Trans>
        </Text>
        {can('demo.manage') && (
          <Button size="compact-sm" variant="default" onClick={ask}>
            <Trans>Remove the sample data</Trans>
          </Button>
        )}
      </Group>
    </Alert>
  );
}
