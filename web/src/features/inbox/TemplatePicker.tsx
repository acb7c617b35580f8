import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Group,
  Modal,
  ScrollArea,
  Skeleton,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconSearch, IconTemplate } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useCan } from '~/api/session';
import { EmptyState } from '~/ui/EmptyState';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { plain } from '~/wa/parse';
import { TemplateFill, type WrittenTo } from './TemplateFill';
import classes from './Thread.module.css';
import { type Template, useProfile, useSendable } from './templates';

interface Props {
  conversation: WrittenTo;
  accountId: string | 'any' | undefined;
  /** Opens with this one. */
  first?: Template | undefined;
  onClose: () => void;
  onSend: (template: Template, words: string, mapping: Template['mapping']) => void;
  /** It is on its way to the server. */
  sending?: boolean;
  /** Why it was not taken. */
  problem?: unknown;
}

/** Chooses an approved template and fills it in for one person. */
export function TemplatePicker(props: Props) {
  const { conversation, accountId, first, onClose, onSend, sending, problem } = props;
  const { t } = useLingui();
  const can = useCan();
  const narrow = useMediaQuery('(max-width: 48em)');
  const [chosen, setChosen] = useState(first);
  const [query, setQuery] = useState('');
  const templates = useSendable(accountId);
  const profile = useProfile(conversation.profile_id, can('profiles.read'));
  const found = useMemo(() => {
    const words = query.trim().toLowerCase();
    return (templates.data ?? []).filter((one) =>
      `${one.name} ${one.content.body}`.toLowerCase().includes(words),
    );
  }, [templates.data, query]);
  const waiting = conversation.profile_id && can('profiles.read') && profile.isPending;
  return (
    <Modal
      opened
      onClose={onClose}
      size={chosen ? 760 : 560}
      fullScreen={narrow ?? false}
      title={
        chosen ? (
          <Group gap="xs" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconArrowLeft size={16} aria-hidden />}
              onClick={() => setChosen(undefined)}
            >
              <Trans>All templates</Trans>
            </Button>
            <bdi>{chosen.name}</bdi>
          </Group>
        ) : (
          t`Choose a template`
        )
      }
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {chosen ? (
        waiting ? (
          <Skeleton height={220} />
        ) : (
          <TemplateFill
            key={chosen.id}
            template={chosen}
            conversation={conversation}
            person={profile.data}
            onSend={onSend}
            sending={sending}
            problem={problem}
          />
        )
      ) : templates.isPending ? (
        <Stack role="status" aria-label={t`Loading`} gap="xs">
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} height={56} />
          ))}
        </Stack>
      ) : templates.isError ? (
        <ProblemAlert problem={templates.error} retry={() => void templates.refetch()} />
      ) : templates.data.length === 0 ? (
        <EmptyState
          icon={IconTemplate}
          title={<Trans>No approved template</Trans>}
          actions={
            <Button component={Link} to="/templates" variant="default">
              <Trans>Open the templates</Trans>
            </Button>
          }
        >
          {accountId === 'any' ? (
            <Trans>No account has a template that WhatsApp approved.</Trans>
          ) : (
            <Trans>The account of this number has no template that WhatsApp approved.</Trans>
          )}
        </EmptyState>
      ) : (
        <Stack gap="xs">
          <TextInput
            type="search"
            aria-label={t`Find a template`}
            placeholder={t`Find a template`}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={query}
            onChange={(e) => setQuery(e.currentTarget.value)}
            data-autofocus
          />
          {found.length === 0 && (
            <Text size="sm" c="dimmed" py="md" ta="center">
              {t`No template matches "${query.trim()}".`}
            </Text>
          )}
          <ScrollArea.Autosize mah={narrow ? undefined : 420}>
            {found.map((template) => (
              <UnstyledButton
                key={template.id}
                className={classes.template}
                onClick={() => setChosen(template)}
              >
                <Group gap="xs" justify="space-between" wrap="nowrap">
                  <Text size="sm" fw={600} truncate>
                    <bdi>{template.name}</bdi>
                  </Text>
                  <Text size="xs" c="dimmed" component="bdi">
                    {template.language}
                  </Text>
                </Group>
                <Text size="sm" c="dimmed" lineClamp={2} dir="auto">
                  {plain(template.content.body)}
                </Text>
              </UnstyledButton>
            ))}
          </ScrollArea.Autosize>
        </Stack>
      )}
    </Modal>
  );
}
