import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Drawer, Group, Skeleton, Stack, Text, Title, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments, IconListDetails } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done, failed } from '~/ui/toast';
import { Clock } from './Clock';
import { Crowd } from './Crowd';
import { Failures } from './Failures';
import { type Config, handset } from './handset';
import { Network } from './Network';
import { HEALTHY, PRESETS, presetOf, switchesOf } from './presets';
import { useConfig } from './queries';

const WireLog = lazy(() => import('./WireLog'));

/** Opens the simulator's switches. */
export function Controls({ labelled = false }: { labelled?: boolean }) {
  const { t } = useLingui();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      {labelled ? (
        <Button variant="default" leftSection={<IconAdjustments size={16} aria-hidden />} onClick={open}>
          <Trans>Simulator controls</Trans>
        </Button>
      ) : (
        <Tooltip label={t`Let the simulated provider misbehave`}>
          <ActionIcon variant="default" size={36} aria-label={t`Simulator controls`} onClick={open}>
            <IconAdjustments size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      <Drawer
        opened={opened}
        onClose={close}
        position="right"
        size={420}
        title={t`Simulator controls`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Switches />
      </Drawer>
    </>
  );
}

function Switches() {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const config = useConfig();
  const [wire, setWire] = useState(false);
  const change = async (part: Partial<Config>) => {
    try {
      client.setQueryData(['handset', 'config'], await handset.configure(part));
    } catch (problem) {
      failed(problem);
    }
  };
  const heal = async () => {
    try {
      await handset.heal();
      client.setQueryData(['handset', 'config'], await handset.configure(HEALTHY));
      done(t`The simulated provider behaves again.`);
    } catch (problem) {
      failed(problem);
    }
  };
  if (config.isPending) return <Skeleton height={240} />;
  if (config.isError) return <ProblemAlert problem={config.error} retry={() => void config.refetch()} />;
  const current = presetOf(config.data);
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        <Trans>
          The simulated provider does as you say here, so that you can see what the dashboard then tells.
        </Trans>
      </Text>
      <Clock />
      <section aria-labelledby="sim-presets">
        <Title order={3} size="h6" id="sim-presets" mb={6}>
          <Trans>Weather</Trans>
        </Title>
        <Group gap="xs">
          {PRESETS.map((preset) => (
            <Button
              key={preset.key}
              size="xs"
              variant={current === preset.key ? 'filled' : 'default'}
              aria-pressed={current === preset.key}
              onClick={() => void change(switchesOf(preset, config.data))}
            >
              {i18n._(preset.label)}
            </Button>
          ))}
        </Group>
      </section>
      <Network config={config.data} change={(part) => void change(part)} />
      <Failures config={config.data} />
      <Crowd />
      <Button
        variant="default"
        leftSection={<IconListDetails size={16} aria-hidden />}
        onClick={() => setWire(true)}
      >
        <Trans>Wire log</Trans>
      </Button>
      {wire && (
        <Suspense>
          <WireLog onClose={() => setWire(false)} />
        </Suspense>
      )}
      <Button variant="light" onClick={() => void heal()}>
        <Trans>Clear all and behave</Trans>
      </Button>
    </Stack>
  );
}
