import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, List, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiProblem } from '~/api/client';
import { useWords } from './words';

interface Props {
  problem: unknown;
  /** Tries again what failed. */
  retry?: (() => void) | undefined;
  /** Fields that show their own error, so that they are not said twice. */
  shown?: readonly string[];
}

/** What happened, why, and what to do. */
export function ProblemAlert({ problem, retry, shown = [] }: Props) {
  const { t } = useLingui();
  const words = useWords();
  const { title, detail, help } = words(problem);
  const fields =
    problem instanceof ApiProblem ? problem.errors.filter((e) => !shown.includes(e.pointer)) : [];
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      <Text size="sm">{detail}</Text>
      {help && (
        <Text size="sm" mt={4}>
          {help}
        </Text>
      )}
      {fields.length > 0 && (
        <List size="sm" mt="xs">
          {fields.map((field) => (
            <List.Item key={field.pointer + field.code}>{field.detail}</List.Item>
          ))}
        </List>
      )}
      {retry && (
        <Button size="xs" variant="default" mt="sm" onClick={retry} aria-label={t`Try again`}>
          <Trans>Try again</Trans>
        </Button>
      )}
    </Alert>
  );
}
