import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import type { Schemas } from '~/api/client';
import { CodeBlock } from '~/ui/CodeBlock';
import { CopyField } from '~/ui/CopyField';
import { firstRequest } from './scopes';

export interface Made {
  key: Schemas['CreatedApiKey'];
  name: string;
  scopes: string[] | null;
}

/** A key, the only time that it is shown. */
export function KeyShown({ made, leave }: { made: Made; leave: () => void }) {
  const { t } = useLingui();
  const curl = firstRequest(location.origin, made.key.key, made.scopes);
  return (
    <Stack>
      <Alert color="yellow" icon={<IconEye aria-hidden />} title={t`Shown this once`}>
        <Trans>Copy it into your program now. Only a hash is kept: nobody can show it again.</Trans>
      </Alert>
      <CopyField label={t`API key`} value={made.key.key} />
      {curl && (
        <div>
          <Text size="sm" fw={500} mb={4}>
            <Trans>Try it in a terminal</Trans>
          </Text>
          <CodeBlock label={t`Request with curl`} value={curl} />
        </div>
      )}
      <Group justify="flex-end">
        <Button onClick={leave}>
          <Trans>I have kept it</Trans>
        </Button>
      </Group>
    </Stack>
  );
}
