import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconLayoutGrid } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

/** Leads to the samples that a template can begin with. */
export function ToSamples() {
  return (
    <Button
      component={Link}
      to="/templates/samples"
      variant="default"
      leftSection={<IconLayoutGrid size={16} aria-hidden />}
    >
      <Trans>Begin with a sample</Trans>
    </Button>
  );
}
