import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Text } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Template } from './form';

const Compare = lazy(() => import('./Compare'));

/** That a template says something else here than at its provider, with the way to decide. */
export function Drift({ template, dirty }: { template: Template; dirty: boolean }) {
  const { t } = useLingui();
  const [opened, setOpened] = useState(false);
  const there = template.at_provider;
  if (!there) return null;
  return (
    <Alert
      variant="light"
      color="yellow"
      icon={<IconArrowsDiff aria-hidden />}
      title={t`Differs at the provider`}
    >
      <Text size="sm">
        <Trans>
          The provider holds other words under this name, so it may refuse messages with the words of here.
        </Trans>
      </Text>
      <Button size="xs" variant="default" mt="xs" onClick={() => setOpened(true)}>
        <Trans>Compare the two</Trans>
      </Button>
      {opened && (
        <Suspense>
          <Compare template={template} there={there} dirty={dirty} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </Alert>
  );
}
