import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCan } from '~/api/session';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done, failed } from '~/ui/toast';
import { Builder } from './Builder';
import { formOf, type Template } from './form';
import { useShelf, useTemplate } from './queries';

/** A saved template. */
export function TemplatePage() {
  const { id } = useParams({ from: '/shell/templates/$id' });
  const template = useTemplate(id);
  if (template.data) return <Saved key={id} template={template.data} />;
  if (template.isError)
    return <ProblemAlert problem={template.error} retry={() => void template.refetch()} />;
  return (
    <Stack aria-busy>
      <Skeleton height={36} width={260} />
      <Skeleton height={320} />
    </Stack>
  );
}

function Saved({ template }: { template: Template }) {
  const start = useMemo(() => formOf(template), [template]);
  return (
    <>
      {template.deleted_at && <DeletedNote template={template} />}
      <Builder start={start} saved={template} />
    </>
  );
}

/** It can be looked at, and taken back. */
function DeletedNote({ template: { id } }: { template: Template }) {
  const { t } = useLingui();
  const can = useCan();
  const shelf = useShelf();
  const restore = () =>
    shelf
      .restore(id)
      .then(() => done(t`The template is back in the list.`))
      .catch(failed);
  return (
    <Alert color="yellow" icon={<IconTrash aria-hidden />} title={t`This template was deleted`} mb="md">
      <Text size="sm">
        <Trans>
          No campaign and no message can be sent with it. For 30 days after it was deleted it can be restored.
        </Trans>
      </Text>
      {can('templates.write') && (
        <Button size="compact-sm" mt="xs" variant="default" onClick={() => void restore()}>
          <Trans>Restore it</Trans>
        </Button>
      )}
    </Alert>
  );
}
