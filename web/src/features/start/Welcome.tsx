import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Button,
  Container,
  Paper,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  ThemeIcon,
  Title,
} from '@mantine/core';
import { IconCircleCheck, IconDeviceMobileMessage, IconPlugConnected } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ComponentType, ReactNode } from 'react';
import { useCan, useSession } from '~/api/session';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { useStart, useStartDemo } from './queries';

/** `/welcome`: the choice after the first account. */
export function Welcome() {
  const { t } = useLingui();
  const { user } = useSession();
  const start = useStart();
  return (
    <Container size="md" py={{ base: 0, sm: 'lg' }} px={0}>
      {start.isPending ? (
        <Skeleton height={320} />
      ) : start.data?.demo ? (
        <>
          <PageHeader title={t`Welcome, ${user.name}`} />
          <Ready />
        </>
      ) : (
        <>
          <PageHeader title={t`How do you want to start?`} about={t`You can do the other one at any time.`} />
          <Choice />
        </>
      )}
    </Container>
  );
}

function Ready() {
  const { t } = useLingui();
  return (
    <Stack align="flex-start">
      <Alert
        variant="light"
        icon={<IconCircleCheck aria-hidden />}
        title={t`This server is a demonstration`}
        w="100%"
      >
        <Trans>
          A simulated provider, customers and approved templates are there already. Nothing reaches real
          people. The phone beside the pages plays the customer.
        </Trans>
      </Alert>
      <Button component={Link} to="/">
        <Trans>Go on</Trans>
      </Button>
    </Stack>
  );
}

function Choice() {
  const { t } = useLingui();
  const can = useCan();
  const navigate = useNavigate();
  const demo = useStartDemo();
  // This page is another one as soon as the demonstration runs: what comes after must not hang on it.
  const begin = () =>
    demo.mutateAsync().then(
      () => {
        done(t`The sample data is there.`);
        return navigate({ to: '/' });
      },
      // Shown below.
      () => undefined,
    );
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Card
          icon={IconDeviceMobileMessage}
          title={t`Try it with simulated customers`}
          about={t`No WhatsApp account is needed. A provider, customers and templates are made for you, and a phone beside the pages plays the customer. One click removes it all.`}
          act={
            <Button onClick={begin} loading={demo.isPending} disabled={!can('demo.manage')}>
              <Trans>Try it with simulated customers</Trans>
            </Button>
          }
        />
        <Card
          icon={IconPlugConnected}
          title={t`Connect a WhatsApp provider`}
          about={t`You need what its console shows: user and password or a key, and your number. A test message tells whether it works, before anything is saved.`}
          act={
            <Button
              component={Link}
              to="/settings/whatsapp/new"
              variant="default"
              disabled={!can('accounts.write')}
            >
              <Trans>Connect a provider</Trans>
            </Button>
          }
        />
      </SimpleGrid>
      {demo.isError && <ProblemAlert problem={demo.error} retry={begin} />}
    </Stack>
  );
}

interface CardProps {
  icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  title: string;
  about: string;
  act: ReactNode;
}

function Card({ icon: Icon, title, about, act }: CardProps) {
  return (
    <Paper withBorder p="lg">
      <Stack h="100%" gap="sm" align="flex-start">
        <ThemeIcon size={44} radius="xl" variant="light" aria-hidden>
          <Icon size={24} aria-hidden />
        </ThemeIcon>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed" flex={1}>
          {about}
        </Text>
        {act}
      </Stack>
    </Paper>
  );
}
