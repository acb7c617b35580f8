import { Trans, useLingui } from '@lingui/react/macro';
import { Anchor, Button, Group, SimpleGrid, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconSearch, IconTemplate } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useSaid } from '~/i18n/said';
import { EmptyState } from '~/ui/EmptyState';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { fromTemplate, valuesOf } from '~/wa/convert';
import { PhoneScreen } from '~/wa/PhoneScreen';
import { type Account, type Template, useAccounts, useTemplates } from './queries';
import classes from './TemplatePicker.module.css';

interface Props {
  chosen: string | undefined;
  onChoose: (template: Template) => void;
}

/** Templates as they look on a phone: approved ones can be chosen, the others say why not. */
export function TemplatePicker({ chosen, onChoose }: Props) {
  const { t } = useLingui();
  const [q, setQ] = useState('');
  const templates = useTemplates();
  const accounts = useAccounts();
  if (templates.isPending) {
    return (
      <SimpleGrid cols={{ base: 1, sm: 2 }} role="status" aria-label={t`Loading`}>
        <Skeleton height={220} />
        <Skeleton height={220} />
      </SimpleGrid>
    );
  }
  if (templates.isError) {
    return <ProblemAlert problem={templates.error} retry={() => void templates.refetch()} />;
  }
  const all = templates.data.data;
  if (all.length === 0) {
    return (
      <EmptyState
        icon={IconTemplate}
        title={<Trans>No templates yet</Trans>}
        actions={
          <Button component={Link} to="/templates">
            <Trans>Go to the templates</Trans>
          </Button>
        }
      >
        <Trans>A campaign sends a text that WhatsApp approved before. Make one, or import yours.</Trans>
      </EmptyState>
    );
  }
  const wanted = q.trim().toLowerCase();
  const found = all.filter((one) =>
    `${one.name} ${one.language} ${one.content.body}`.toLowerCase().includes(wanted),
  );
  const approved = found.filter((one) => one.status === 'approved');
  const others = found.filter((one) => one.status !== 'approved');
  const account = (id: string) => accounts.data?.data.find((one) => one.id === id);
  const several = new Set(all.map((one) => one.account_id)).size > 1;
  return (
    <Stack>
      {all.length > 4 && (
        <TextInput
          type="search"
          aria-label={t`Search templates`}
          placeholder={t`Search templates`}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          onChange={(e) => setQ(e.currentTarget.value)}
        />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }}>
        {approved.map((one) => (
          <div key={one.id} className={classes.card} data-chosen={one.id === chosen || undefined}>
            <button
              type="button"
              className={classes.choose}
              aria-pressed={one.id === chosen}
              onClick={() => onChoose(one)}
            >
              <Label template={one} account={several ? account(one.account_id) : undefined} />
            </button>
            <Thumb template={one} />
          </div>
        ))}
      </SimpleGrid>
      {found.length === 0 && (
        <Text c="dimmed" size="sm">
          <Trans>No template matches "{q}".</Trans>
        </Text>
      )}
      {others.length > 0 && (
        <section>
          <Title order={3} size="h6" mb={4}>
            <Trans>Not to be sent at the moment</Trans>
          </Title>
          <Stack gap={4}>
            {others.map((one) => (
              <Group key={one.id} gap="xs">
                <Anchor component={Link} to={`/templates/${one.id}`} size="sm" dir="auto">
                  {one.name} ({one.language})
                </Anchor>
                <Text size="sm" c="dimmed">
                  <Why template={one} />
                </Text>
              </Group>
            ))}
          </Stack>
        </section>
      )}
    </Stack>
  );
}

function Label({ template, account }: { template: Template; account: Account | undefined }) {
  return (
    <Stack gap={0} mb="xs">
      <Text size="sm" fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {template.name}
      </Text>
      <Text size="xs" c="dimmed">
        {[template.language, template.category, account?.nickname].filter(Boolean).join(' · ')}
      </Text>
    </Stack>
  );
}

function Thumb({ template }: { template: Template }) {
  return (
    <div className={classes.thumb} aria-hidden inert>
      <PhoneScreen
        content={fromTemplate(template.content, valuesOf(template.content, template.mapping))}
        marketing={template.category === 'marketing'}
      />
    </div>
  );
}

/** Why a template cannot be sent. */
export function Why({ template }: { template: Template }) {
  const said = useSaid();
  const detail = said(template.status_detail ?? '');
  switch (template.status) {
    case 'draft':
      return <Trans>It is a draft: submit it for approval.</Trans>;
    case 'pending':
      return <Trans>It waits for WhatsApp's approval.</Trans>;
    case 'rejected':
      return <Trans>WhatsApp rejected it. {detail}</Trans>;
    case 'paused':
      return <Trans>WhatsApp paused it because of its quality. {detail}</Trans>;
    default:
      return <Trans>It is switched off. {detail}</Trans>;
  }
}
