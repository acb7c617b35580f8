import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { copy } from '~/ui/CopyField';

function Raw({ title, of, text }: { title: string; of: string; text: string }) {
  const { t } = useLingui();
  const [copied, setCopied] = useState(false);
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {title}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          onClick={async () => setCopied(await copy(text, null))}
          aria-label={copied ? t`Copied ${title}: ${of}` : t`Copy ${title}: ${of}`}
        >
          {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
        </Button>
      </Group>
      <Code
        block
        dir="ltr"
        tabIndex={0}
        role="group"
        mah={200}
        style={{ overflow: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
        aria-label={`${of}: ${title}`}
      >
        {text}
      </Code>
    </div>
  );
}

interface Props {
  /** What was tried. */
  of: string;
  request?: string | null | undefined;
  answer?: string | null | undefined;
  status?: number | null | undefined;
  /** Shown at once; folded otherwise. */
  open?: boolean;
}

/** What was asked of the provider and what it answered, word for word; secrets were hidden by the server. */
export function Exchange({ of, request, answer, status, open = false }: Props) {
  const { t } = useLingui();
  const [unfolded, setUnfolded] = useState(open);
  if (!request && !answer) return null;
  if (!unfolded)
    return (
      <div>
        <Button size="compact-xs" variant="subtle" onClick={() => setUnfolded(true)}>
          <Trans>Show what was asked and answered</Trans>
        </Button>
      </div>
    );
  return (
    <Stack gap="xs">
      {request && <Raw of={of} title={t`Request`} text={request} />}
      {answer && <Raw of={of} title={status ? t`Answer, HTTP ${status}` : t`Answer`} text={answer} />}
    </Stack>
  );
}
