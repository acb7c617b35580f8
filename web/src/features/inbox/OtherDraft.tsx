import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import type { useDraft } from './drafts';

type Draft = Pick<ReturnType<typeof useDraft>, 'draft' | 'other' | 'keepMine' | 'takeOther'>;

/** That one has written another draft in another tab or on another device, with its text and the way to decide. */
export function OtherDraft({ draft }: { draft: Draft }) {
  const { t } = useLingui();
  const { other } = draft;
  if (!other) return null;
  const empty = draft.draft.trim() === '';
  return (
    <Alert
      variant="light"
      color="yellow"
      role="alert"
      m="sm"
      icon={<IconArrowsDiff aria-hidden />}
      title={t`You have another draft from another tab or device`}
    >
      <Text size="sm" dir="auto" lineClamp={4} style={{ whiteSpace: 'pre-wrap' }}>
        {other.text}
      </Text>
      <Text size="sm" mt={4}>
        <Trans>Nothing is saved until you choose.</Trans>
      </Text>
      <Group mt="xs" gap="sm">
        <Button size="xs" variant="default" onClick={draft.takeOther}>
          <Trans>Use that draft</Trans>
        </Button>
        <Button size="xs" variant="default" onClick={draft.keepMine}>
          {empty ? <Trans>Delete that draft</Trans> : <Trans>Keep what is written here</Trans>}
        </Button>
      </Group>
    </Alert>
  );
}
