import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack } from '@mantine/core';
import { IconDownload, IconEye } from '@tabler/icons-react';
import { CodeBlock } from '~/ui/CodeBlock';

/** Recovery codes, the only time that they are shown. */
export function RecoveryCodes({ codes, leave }: { codes: string[]; leave: () => void }) {
  const { t } = useLingui();
  const text = codes.join('\n');
  return (
    <Stack>
      <Alert color="yellow" icon={<IconEye aria-hidden />} title={t`Shown this once`}>
        <Trans>
          When the phone is lost or broken, one of these takes the place of its code. Each works once. Print
          them or keep them with your passwords, not on the phone alone.
        </Trans>
      </Alert>
      <CodeBlock label={t`Recovery codes`} value={text} />
      <Group justify="space-between">
        <Button
          component="a"
          variant="default"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
          download="harkara-recovery-codes.txt"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          <Trans>Download</Trans>
        </Button>
        <Button onClick={leave}>
          <Trans>I have kept them</Trans>
        </Button>
      </Group>
    </Stack>
  );
}
