import { useLingui } from '@lingui/react/macro';
import { Center, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { LANGUAGES, type Language, speak } from '~/i18n';
import { PageHeader } from '~/ui/PageHeader';
import classes from './PublicPage.module.css';

interface Props {
  title: string;
  about?: ReactNode;
  children: ReactNode;
}

/** A page before the sign-in: one card, and the language. */
export function PublicPage({ title, about, children }: Props) {
  const { t, i18n } = useLingui();
  return (
    <Center component="main" className={classes.page}>
      <Stack w="100%" maw={440} gap="md">
        <Group gap={10} justify="center">
          <img src="/icon.svg" width={34} height={34} alt="" />
          <Text fw={700} size="xl">
            Harkara
          </Text>
        </Group>
        <Paper withBorder p={{ base: 'md', sm: 'xl' }} radius="lg" shadow="xs">
          <PageHeader title={title} about={about} />
          {children}
        </Paper>
        <Group justify="center">
          <SegmentedControl
            size="xs"
            aria-label={t`Language`}
            value={i18n.locale}
            onChange={(value) => void speak(value as Language)}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          />
        </Group>
      </Stack>
    </Center>
  );
}
