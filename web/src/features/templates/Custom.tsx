import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Paper, Stack, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { SourceMapping } from '~/ui/SourceMapping';
import { useBuilder } from './builder';
import { newKey } from './form';
import { Section } from './Section';

/** Keys and values of one's own, for providers that pass them on. */
export function Custom() {
  const { t } = useLingui();
  const { form, patch, carrier, problem } = useBuilder();
  if (form.custom.length === 0 && !carrier?.can('custom_properties')) return null;
  const set = (key: string, change: Partial<(typeof form.custom)[number]>) =>
    patch({ custom: form.custom.map((own) => (own.key === key ? { ...own, ...change } : own)) });
  return (
    <Section
      title={<Trans>Your own keys</Trans>}
      about={<Trans>Sent to the provider beside the message; the person does not see them.</Trans>}
    >
      <Stack gap="xs" data-pointer="/mapping/custom">
        {form.custom.map((own, n) => {
          const number = n + 1;
          const at = `/mapping/custom/${own.name}`;
          return (
            <Paper key={own.key} withBorder p="xs" data-pointer={at}>
              <Group gap="xs" align="flex-end" wrap="nowrap" mb="xs">
                <TextInput
                  label={t`Key ${number}`}
                  value={own.name}
                  onChange={(e) => set(own.key, { name: e.currentTarget.value })}
                  error={problem(at)}
                  style={{ flex: 1 }}
                  dir="auto"
                />
                <Tooltip label={t`Remove key ${number}`}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={t`Remove key ${number}`}
                    onClick={() => patch({ custom: form.custom.filter((one) => one.key !== own.key) })}
                  >
                    <IconTrash size={16} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              </Group>
              <SourceMapping
                label={t`Value`}
                name={t`Value of key ${number}`}
                value={own.source}
                onChange={(source) => set(own.key, { source })}
              />
            </Paper>
          );
        })}
      </Stack>
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => patch({ custom: [...form.custom, { key: newKey(), name: '' }] })}
        >
          <Trans>Add a key</Trans>
        </Button>
      </Group>
    </Section>
  );
}
