import { Card, SegmentedControl, Stack, Text, Title, useMantineColorScheme } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { PageHeader } from '~/ui/PageHeader';
import { kitClient } from './data';
import { SECTIONS } from './sections';

const SCHEMES = ['auto', 'light', 'dark'] as const;
const DIRECTIONS = ['ltr', 'rtl'] as const;

/** `/_kit`: each shared part in all its states. Its own words are for developers, and in English. */
export function Kit() {
  const [client] = useState(kitClient);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [direction, setDirection] = useState<string>('ltr');
  useEffect(() => {
    const before = document.documentElement.dir;
    document.documentElement.dir = direction;
    return () => {
      document.documentElement.dir = before;
    };
  }, [direction]);
  return (
    <QueryClientProvider client={client}>
      <main style={{ maxWidth: 1100, margin: '0 auto', padding: 16 }}>
        <PageHeader
          title="Kit"
          about="Each shared part in all its states."
          actions={
            <>
              <SegmentedControl
                aria-label="Colours"
                data={[...SCHEMES]}
                value={colorScheme}
                onChange={(value) => setColorScheme(value as (typeof SCHEMES)[number])}
              />
              <SegmentedControl
                aria-label="Direction"
                data={[...DIRECTIONS]}
                value={direction}
                onChange={setDirection}
              />
            </>
          }
        />
        <Stack gap="xl">
          {Object.entries(SECTIONS).map(([name, states]) => (
            <section key={name} aria-label={name}>
              <Title order={2} size="h4" mb="xs">
                {name}
              </Title>
              <Stack gap="sm">
                {Object.entries(states).map(([state, part]) => (
                  <Sample key={state} state={state}>
                    {part}
                  </Sample>
                ))}
              </Stack>
            </section>
          ))}
        </Stack>
      </main>
    </QueryClientProvider>
  );
}

function Sample({ state, children }: { state: string; children: ReactNode }) {
  return (
    <Card withBorder padding="sm" style={{ overflow: 'visible' }}>
      <Text size="xs" c="dimmed" mb="xs">
        {state}
      </Text>
      {children}
    </Card>
  );
}
