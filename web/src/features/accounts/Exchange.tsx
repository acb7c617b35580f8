import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { copy } from '~/ui/CopyField';

function Raw({ title, text }: { title: string; text: string }) {
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
          leftSection={<IconCopy size={14} aria-hidden />}
          onClick={async () => setCopied(await copy(text, null))}
          aria-label={t`Copy ${title}`}
        >
          {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
        </Button>
      </Group>
      <Code
        block
        dir="ltr"
        tabIndex={0}
        mah={200}
        style={{ overflow: 'auto', whiteSpace: 'pre-wrap' }}
        aria-label={title}
      >
        {text}
      </Code>
    </div>
  );
}

/** What was asked of the provider and what it answered, word for word; secrets were hidden by the server. */
export function Exchange(props: { request?: string | null; answer?: string | null; status?: number | null }) {
  const { t } = useLingui();
  const { request, answer, status } = props;
  return (
    <Stack gap="xs">
      {request && <Raw title={t`Request`} text={request} />}
      {answer && <Raw title={status ? t`Answer, HTTP ${status}` : t`Answer`} text={answer} />}
    </Stack>
  );
}
