import { Skeleton, Stack } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { Builder } from './Builder';
import { formOf, type Template } from './form';
import { useTemplate } from './queries';

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
  return <Builder start={start} saved={template} />;
}
